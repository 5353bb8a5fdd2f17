# SPDX-License-Identifier: Apache-2.0
# The Catch2 tests: one program for each directory, so that ctest names the area that fails.

unitee_require_json()
find_package(Catch2 REQUIRED)

add_library(unitee_test_support INTERFACE)
target_include_directories(unitee_test_support INTERFACE ${CMAKE_CURRENT_SOURCE_DIR})
target_link_libraries(unitee_test_support INTERFACE unitee::json)
target_compile_definitions(unitee_test_support INTERFACE
  UNITEE_EVIDENCE_DIR="${UNITEE_EVIDENCE_DIR}"
  UNITEE_VECTORS_DIR="${CMAKE_CURRENT_SOURCE_DIR}/vectors")
if(TARGET Catch2::Catch2WithMain)
  target_link_libraries(unitee_test_support INTERFACE Catch2::Catch2WithMain)
else()
  file(CONFIGURE OUTPUT catch_main.cpp CONTENT "#define CATCH_CONFIG_MAIN\n#include <catch2/catch.hpp>\n")
  add_library(unitee_catch_main STATIC ${CMAKE_CURRENT_BINARY_DIR}/catch_main.cpp)
  target_link_libraries(unitee_catch_main PUBLIC Catch2::Catch2)
  target_link_libraries(unitee_test_support INTERFACE unitee_catch_main)
endif()

function(unitee_test_program area)
  if(NOT ARGN)
    return()
  endif()
  add_executable(unitee_test_${area} ${ARGN})
  unitee_own(unitee_test_${area})
  unitee_counted(unitee_test_${area})
  target_link_libraries(unitee_test_${area} PRIVATE unitee_test_support)
  # Reading the headers takes most of the time, so eight files are compiled as one: each has a namespace of its own.
  set_target_properties(unitee_test_${area} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 8)
  add_test(NAME ${area} COMMAND unitee_test_${area})
endfunction()

# The verifiers for fleets and their observers are a program of their own, which is all that the preset `thread` builds of
# verify; no_memory replaces OpenSSL's allocator.
foreach(area bytes model posix crypto snp tdx launch evidence json eventlog vtpm verify kdf seal guest support)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${area}/*.cpp)
  if(area STREQUAL "verify")
    set(fleet ${sources})
    list(FILTER fleet INCLUDE REGEX "_(verifier|observed)\\.cpp$")
    list(REMOVE_ITEM sources ${fleet})
    unitee_test_program(fleet ${fleet})
  elseif(area STREQUAL "crypto")
    set(no_memory ${sources})
    list(FILTER no_memory INCLUDE REGEX "/no_memory\\.cpp$")
    list(REMOVE_ITEM sources ${no_memory})
    unitee_test_program(no_memory ${no_memory})
  endif()
  unitee_test_program(${area} ${sources})
endforeach()
file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
unitee_test_program(top ${sources})
target_compile_definitions(unitee_test_top PRIVATE UNITEE_BACKEND_CHOSEN="${UNITEE_BACKEND}")

# What takes minutes; the presets leave it to .ci/run.
add_test(NAME verify_large COMMAND unitee_test_verify "[large]")
set_tests_properties(verify_large PROPERTIES LABELS large)

# What several threads use, for the preset `thread`; the other presets run it with all the rest. [plain_memory] is not
# among it: under ThreadSanitizer a child of it, for which system calls are refused, waits forever.
add_test(NAME threads/posix COMMAND unitee_test_posix "[lock],[parallel],[direct_file],[io]")
add_test(NAME threads/seal COMMAND unitee_test_seal
  "[reader],[writer],[file],[sealed_file],[cache],[workers],[work],[slot_editor],\
[stdio_file],[source_istream],[to_memfd],[read_callback],[header_copies],[reading],[segment_source],[read_some]")
add_test(NAME threads/fleet COMMAND unitee_test_fleet "[snp_verifier],[tdx_verifier],[observer]")
set_tests_properties(threads/posix threads/seal threads/fleet PROPERTIES LABELS thread)

# The bridge to std::expected needs C++23; everything else is C++20.
set_source_files_properties(${CMAKE_CURRENT_SOURCE_DIR}/expected.cpp PROPERTIES COMPILE_OPTIONS -std=c++2b)
