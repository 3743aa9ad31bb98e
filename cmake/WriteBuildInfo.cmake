# Runs at every build: writes OUT from TEMPLATE, touching it only when the commit (or another value) changed.
execute_process(COMMAND git describe --always --abbrev=12 --dirty --exclude=* WORKING_DIRECTORY ${SOURCE_DIR}
                OUTPUT_VARIABLE COMMIT OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE status)
if(NOT status EQUAL 0)
  set(COMMIT unknown)
endif()
configure_file(${TEMPLATE} ${OUT} @ONLY)
