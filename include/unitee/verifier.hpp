// SPDX-License-Identifier: Apache-2.0
//
// unitee/verifier.hpp: everything a verifier or relying party needs, and nothing of a guest's.
//
// A service that judges a fleet's evidence includes unitee/verify/snp_verifier.hpp beside it, which needs locks.
#pragma once

#include <unitee/evidence.hpp>
#include <unitee/verify/attestation_result.hpp>
#include <unitee/verify/endorsements.hpp>
#include <unitee/verify/snp.hpp>
#include <unitee/verify/snp_appraise.hpp>
#include <unitee/verify/snp_checks.hpp>
#include <unitee/verify/snp_missing.hpp>
#include <unitee/verify/snp_policy.hpp>
#include <unitee/verify/snp_steps.hpp>
#include <unitee/verify/trust_anchors.hpp>
