# SPDX-License-Identifier: Apache-2.0
# cmake -P: configures PROJECT in an empty BUILD, builds it, runs its program, and checks that it installs nothing.

function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "failed: ${ARGN}")
  endif()
endfunction()

file(REMOVE_RECURSE ${BUILD})
run(${CMAKE_COMMAND} -S ${PROJECT} -B ${BUILD} -G ${GENERATOR} ${OPTIONS})
run(${CMAKE_COMMAND} --build ${BUILD})
run(${BUILD}/program)
run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${BUILD}/prefix)
file(GLOB_RECURSE installed ${BUILD}/prefix/*)
if(installed)
  message(FATAL_ERROR "the project that uses unitee installs ${installed}")
endif()
