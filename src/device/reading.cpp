#include "device/reading.h"

namespace jnlp {

const char* unit_of(Quantity quantity) {
  switch (quantity) {
    case Quantity::gpu_load:
      return "ratio";
    case Quantity::power:
      return "watts";
    case Quantity::energy:
      return "joules";
    case Quantity::temperature:
      return "celsius";
  }
  return "";
}

}  // namespace jnlp
