# SPDX-License-Identifier: Apache-2.0
# What tests/coverage.py reads: programs that count what they run, and leave the counts in the build's profiles/.

option(UNITEE_COVERAGE "Count what the Catch2 tests and the client on emulated machines run (Clang)" OFF)

# unitee_counted(<target>): a program that counts. Threads count as well, and what is derived from two counts must agree.
function(unitee_counted target)
  if(UNITEE_COVERAGE)
    target_compile_options(${target} PRIVATE
      -fprofile-instr-generate=${PROJECT_BINARY_DIR}/profiles/%m.profraw -fcoverage-mapping -fprofile-update=atomic)
    target_link_options(${target} PRIVATE -fprofile-instr-generate)
  endif()
endfunction()

if(UNITEE_COVERAGE)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    message(FATAL_ERROR "UNITEE_COVERAGE needs Clang, and this is ${CMAKE_CXX_COMPILER_ID}")
  endif()
  add_test(NAME coverage_self_test COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/coverage.py --self-test)
endif()
