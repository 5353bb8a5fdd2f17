# SPDX-License-Identifier: Apache-2.0
# Intel's Multi-Buffer Crypto library, which UNITEE_WITH_IPSEC_MB makes the default engine for AES-256-GCM. That is the
# choice of the project that uses unitee, in its build and with the installed package, as a variable that is set before
# unitee is added or found. crypto/default_engine.hpp explains.

# What a program that uses the library is compiled with.
set(unitee_ipsec_mb_definition UNITEE_WITH_IPSEC_MB=1)

# unitee_find_ipsec_mb(): the target unitee::ipsec_mb.
function(unitee_find_ipsec_mb)
  if(TARGET unitee::ipsec_mb)
    return()
  endif()
  find_path(UNITEE_IPSEC_MB_INCLUDE_DIR intel-ipsec-mb.h)
  find_library(UNITEE_IPSEC_MB_LIBRARY IPSec_MB)
  mark_as_advanced(UNITEE_IPSEC_MB_INCLUDE_DIR UNITEE_IPSEC_MB_LIBRARY)
  if(NOT UNITEE_IPSEC_MB_INCLUDE_DIR OR NOT UNITEE_IPSEC_MB_LIBRARY)
    message(FATAL_ERROR "UNITEE_WITH_IPSEC_MB is on, and Intel's Multi-Buffer Crypto library is not there: "
      "install libipsec-mb-dev (Debian, Ubuntu), or turn UNITEE_WITH_IPSEC_MB off")
  endif()
  add_library(unitee::ipsec_mb UNKNOWN IMPORTED GLOBAL)
  set_target_properties(unitee::ipsec_mb PROPERTIES
    IMPORTED_LOCATION "${UNITEE_IPSEC_MB_LIBRARY}" INTERFACE_INCLUDE_DIRECTORIES "${UNITEE_IPSEC_MB_INCLUDE_DIR}")
endfunction()
