# SPDX-License-Identifier: Apache-2.0
# Every header compiles alone, in both modes; and two files that include everything link into one program.

unitee_require_json()

set(everything "#pragma once\n")
set(alone "")
foreach(header IN LISTS unitee_headers unitee_json_headers)
  cmake_path(RELATIVE_PATH header BASE_DIRECTORY ${PROJECT_SOURCE_DIR}/include)
  string(APPEND everything "#include <${header}>\n")
  # Twice, so that the include guard is seen to work.
  file(CONFIGURE OUTPUT alone/${header}.cpp CONTENT "#include <${header}>\n#include <${header}>\n")
  list(APPEND alone ${CMAKE_CURRENT_BINARY_DIR}/alone/${header}.cpp)
endforeach()
file(CONFIGURE OUTPUT everything/everything.hpp CONTENT "${everything}")

add_library(unitee_headers OBJECT ${alone})
unitee_own(unitee_headers)
target_link_libraries(unitee_headers PRIVATE unitee::json)
add_library(unitee_headers_no_exceptions OBJECT ${alone})
unitee_own(unitee_headers_no_exceptions)
target_link_libraries(unitee_headers_no_exceptions PRIVATE unitee::json)
target_compile_options(unitee_headers_no_exceptions PRIVATE -fno-exceptions -fno-rtti)

add_executable(unitee_link link/main.cpp link/other.cpp)
unitee_own(unitee_link)
target_link_libraries(unitee_link PRIVATE unitee::json)
target_include_directories(unitee_link PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/everything)
set_source_files_properties(link/other.cpp PROPERTIES COMPILE_OPTIONS "-fno-exceptions;-fno-rtti;-DNDEBUG;-O2")

# The compilation is the test; these entries give it a name and say so when it was left out of the build.
foreach(target unitee_headers unitee_headers_no_exceptions)
  add_test(NAME ${target} COMMAND ${CMAKE_COMMAND} --build ${PROJECT_BINARY_DIR} --target ${target})
  set_tests_properties(${target} PROPERTIES RESOURCE_LOCK unitee_build)
endforeach()
add_test(NAME unitee_link COMMAND unitee_link)
