# SPDX-License-Identifier: Apache-2.0
# cmake -P: configures PROJECT in an empty BUILD with COMPILER, builds it, runs its programs, and checks that it installs
# nothing.

find_program(found ${COMPILER} NO_CACHE)
if(NOT found AND NOT "$ENV{CI}" STREQUAL "true")
  message("skipped: there is no ${COMPILER}")
  return()
endif()

function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE said ERROR_VARIABLE said)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${said}\nfailed: ${ARGN}")
  endif()
endfunction()

include(${CMAKE_CURRENT_LIST_DIR}/installs_nothing.cmake)
file(REMOVE_RECURSE ${BUILD})
run(${CMAKE_COMMAND} -S ${PROJECT} -B ${BUILD} -G ${GENERATOR} -DCMAKE_CXX_COMPILER=${COMPILER} ${OPTIONS})
run(${CMAKE_COMMAND} --build ${BUILD} --parallel 2)
run(${CMAKE_CTEST_COMMAND} --test-dir ${BUILD} --no-tests=error --output-on-failure)
installs_nothing(${BUILD})
