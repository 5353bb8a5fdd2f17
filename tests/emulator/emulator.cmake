# SPDX-License-Identifier: Apache-2.0
# A machine with the kernel interfaces of a confidential guest, for tests of programs that use them (stage.hpp).
# It needs libfuse3. A test that runs on it has SKIP_RETURN_CODE 77: the status where there is no /dev/fuse.

find_package(PkgConfig)
if(PkgConfig_FOUND)
  pkg_check_modules(fuse3 IMPORTED_TARGET fuse3>=3.5)
endif()
find_package(Threads)
if(fuse3_FOUND)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/emulator/*.cpp)
  add_executable(unitee_emulator ${sources})
  unitee_own(unitee_emulator)
  target_link_libraries(unitee_emulator PRIVATE PkgConfig::fuse3 Threads::Threads)
  set(emulator $<TARGET_FILE:unitee_emulator>)
else()
  message(STATUS "unitee: libfuse3 was not found; tests on an emulated machine are skipped")
  set(emulator "")
endif()
add_test(NAME emulator COMMAND Python3::Interpreter -B ${CMAKE_CURRENT_SOURCE_DIR}/emulator/smoke.py "${emulator}")
set_tests_properties(emulator PROPERTIES SKIP_RETURN_CODE 77)
