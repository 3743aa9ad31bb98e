/* Read before ggml's AMX kernels. GCC 11 and 12 tell themselves that _tile_loadconfig reads the first 8 of its 64 bytes,
   drop what is stored in the others, and the tiles that are then not configured are illegal instructions. */
#pragma once
#ifdef __AMX_TILE__
#include <immintrin.h>

static inline void load_whole_tile_config(const void* config) {
  struct Bytes {
    char bytes[64];
  };
  __asm__ volatile("ldtilecfg %0" : : "m"(*static_cast<const Bytes*>(config)) : "memory");
}
#define _tile_loadconfig load_whole_tile_config
#endif
