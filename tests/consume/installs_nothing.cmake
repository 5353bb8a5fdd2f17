# SPDX-License-Identifier: Apache-2.0

# installs_nothing(<build>): a project that uses unitee, and has no install rule of its own, installs nothing.
function(installs_nothing build)
  file(REMOVE_RECURSE ${build}/prefix)
  execute_process(COMMAND ${CMAKE_COMMAND} --install ${build} --prefix ${build}/prefix
    OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
  file(GLOB_RECURSE installed ${build}/prefix/*)
  if(installed)
    message(FATAL_ERROR "the project that uses unitee installs ${installed}")
  endif()
endfunction()
