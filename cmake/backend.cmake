# SPDX-License-Identifier: Apache-2.0
# What UNITEE_BACKEND may be, and what it does: it is the choice of the project that uses the library, in its build and
# with the installed package, as a variable that is set before unitee is added or found. this_guest.hpp explains.

set(unitee_backends auto sev-guest tdx-guest configfs-sev-guest configfs-tdx-guest
  insecure-simulated-snp insecure-simulated-td)

# unitee_backend_definition(<backend> <variable>): the definition that chooses this backend; nothing for auto.
function(unitee_backend_definition backend out)
  if(NOT backend IN_LIST unitee_backends)
    list(JOIN unitee_backends ", " known)
    message(FATAL_ERROR "UNITEE_BACKEND is \"${backend}\"; it must be one of: ${known}")
  endif()
  set(definition "")
  if(NOT backend STREQUAL "auto")
    string(TOUPPER "UNITEE_BACKEND_${backend}" definition)
    string(REPLACE "-" "_" definition "${definition}")
  endif()
  set(${out} "${definition}" PARENT_SCOPE)
endfunction()
