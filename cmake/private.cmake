# SPDX-License-Identifier: Apache-2.0
# Helpers for unitee's own targets. Nothing here reaches a project that uses the library.

# unitee_own(<target>): a program of this repository, which links unitee and compiles without a warning.
function(unitee_own target)
  target_link_libraries(${target} PRIVATE unitee::unitee)
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF)
  target_compile_options(${target} PRIVATE
    -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow
    # GCC 12 imagines, once it optimises, that "a" + std::string copies a string over itself.
    $<$<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>>:-Wno-restrict>)
  if(UNITEE_WARNINGS_AS_ERRORS)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
endfunction()

# unitee_require_json(): nlohmann_json::nlohmann_json, which the library itself does not need.
macro(unitee_require_json)
  if(NOT TARGET nlohmann_json::nlohmann_json)
    find_package(nlohmann_json REQUIRED)
  endif()
endmacro()
