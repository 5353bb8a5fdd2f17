# SPDX-License-Identifier: Apache-2.0
# The library on an emulated machine: a client that is a plain user of it, and what scripts make of its answers.

set(kernel_state ${CMAKE_CURRENT_BINARY_DIR}/kernel_state)
set(kernel_client "")
set(kernel_collateral "")
if(TARGET unitee_emulator)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/kernel/*.cpp)
  list(FILTER sources EXCLUDE REGEX /collateral.cpp$)
  add_executable(unitee_kernel_client ${sources})
  add_executable(unitee_kernel_collateral ${CMAKE_CURRENT_SOURCE_DIR}/kernel/collateral.cpp)
  foreach(program unitee_kernel_client unitee_kernel_collateral)
    unitee_own(${program})
    target_link_libraries(${program} PRIVATE Threads::Threads)
  endforeach()
  unitee_counted(unitee_kernel_client)
  # A loader that looks for a function at its first call saves all registers on the stack, and a key that is in them
  # stays there until the stack is used again. A program that holds keys has all functions bound before main.
  target_link_options(unitee_kernel_client PRIVATE LINKER:-z,now)
  set(kernel_client $<TARGET_FILE:unitee_kernel_client>)
  set(kernel_collateral $<TARGET_FILE:unitee_kernel_collateral>)
endif()

set(kernel COMMAND Python3::Interpreter -B ${CMAKE_CURRENT_SOURCE_DIR}/kernel)
add_test(NAME kernel/state ${kernel}/state.py "${emulator}" ${kernel_state})
set_tests_properties(kernel/state PROPERTIES FIXTURES_SETUP kernel_state)
set(kernel_tests kernel/faults kernel/threads kernel/keys)
add_test(NAME kernel/faults ${kernel}/faults.py "${emulator}" "${kernel_client}" ${kernel_state})
add_test(NAME kernel/threads ${kernel}/threads.py "${emulator}" "${kernel_client}" ${kernel_state})
add_test(NAME kernel/keys ${kernel}/keys.py "${emulator}" "${kernel_client}" ${kernel_state})
if(TARGET unitee_command)
  add_test(NAME kernel/interfaces ${kernel}/interfaces.py "${emulator}" "${kernel_client}" ${kernel_state}
    $<TARGET_FILE:unitee_command> "${kernel_collateral}")
  list(APPEND kernel_tests kernel/interfaces)
endif()
set_tests_properties(${kernel_tests} PROPERTIES FIXTURES_REQUIRED kernel_state)
# Without /dev/fuse they say so in a line and are skipped; under CI=true they fail.
set_tests_properties(kernel/state ${kernel_tests} PROPERTIES SKIP_RETURN_CODE 77)
