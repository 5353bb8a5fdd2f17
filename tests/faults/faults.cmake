# SPDX-License-Identifier: Apache-2.0
# Programs that let the command's system calls meet faults, and a client that a test interrupts. They need nothing but
# the library; where the processor is another, or programs cannot be traced, the rest of the test remains.

set(fault_injector "")
if(CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
  add_executable(unitee_inject faults/inject.cpp)
  unitee_own(unitee_inject)
  set(fault_injector $<TARGET_FILE:unitee_inject>)
endif()
add_executable(unitee_fault_client faults/client.cpp)
unitee_own(unitee_fault_client)

set(command "")
if(TARGET unitee_command)
  set(command $<TARGET_FILE:unitee_command>)
endif()
add_test(NAME command/seal_faults COMMAND Python3::Interpreter -B ${CMAKE_CURRENT_SOURCE_DIR}/command/seal_faults.py
  "${fault_injector}" $<TARGET_FILE:unitee_fault_client> ${command})
set_tests_properties(command/seal_faults PROPERTIES SKIP_RETURN_CODE 77)
