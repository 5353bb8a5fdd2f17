# SPDX-License-Identifier: Apache-2.0
import os
import re

from conan import ConanFile
from conan.tools.build import check_min_cppstd
from conan.tools.cmake import CMake, CMakeDeps, CMakeToolchain, cmake_layout
from conan.tools.files import copy, load, rmdir


class Unitee(ConanFile):
    name = "unitee"
    description = "Confidential AI on Intel TDX and AMD SEV-SNP: attestation, key derivation, sealed models"
    license = "Apache-2.0"
    topics = ("attestation", "confidential-computing", "tdx", "sev-snp", "header-only")
    package_type = "header-library"
    settings = "os", "arch", "compiler", "build_type"
    options = {"backend": ["auto", "sev-guest", "tdx-guest", "configfs-sev-guest", "configfs-tdx-guest",
                           "insecure-simulated-snp", "insecure-simulated-td"]}  # what this_guest is, as UNITEE_BACKEND
    default_options = {"backend": "auto"}
    exports = "include/unitee/version.hpp"
    exports_sources = "CMakeLists.txt", "LICENSE", "cmake/*", "include/*"
    test_package_folder = "tests/package"

    def set_version(self):
        header = load(self, os.path.join(self.recipe_folder, "include", "unitee", "version.hpp"))
        self.version = re.search(r'\bversion = "([^"]+)"', header)[1]

    def layout(self):
        cmake_layout(self)

    def requirements(self):
        # The headers include OpenSSL and fmt; those in json/ include nlohmann/json.
        self.requires("openssl/[>=3.0 <4]", transitive_headers=True, transitive_libs=True)
        self.requires("fmt/[>=9.1 <12]", transitive_headers=True, transitive_libs=True)
        self.requires("nlohmann_json/[>=3.11 <4]", transitive_headers=True)

    def validate(self):
        check_min_cppstd(self, 20)

    def package_id(self):
        # One package for every compiler, and for each backend, which it carries to those who use it.
        self.info.settings.clear()
        self.info.requires.clear()

    def generate(self):
        CMakeDeps(self).generate()
        toolchain = CMakeToolchain(self)
        toolchain.user_presets_path = False
        for part in ("BUILD_TESTS", "BUILD_EXAMPLES", "BUILD_BENCHMARKS"):
            toolchain.cache_variables[f"UNITEE_{part}"] = False
        toolchain.cache_variables["UNITEE_BACKEND"] = str(self.options.backend)
        toolchain.generate()

    def package(self):
        cmake = CMake(self)
        cmake.configure()
        cmake.install()
        rmdir(self, os.path.join(self.package_folder, "share", "pkgconfig"))  # Conan writes such files for those who ask
        copy(self, "LICENSE", self.source_folder, os.path.join(self.package_folder, "licenses"))

    def package_info(self):
        # CMake finds the package's own unitee-config.cmake, the one that an installation without Conan has; it looks for
        # OpenSSL and fmt, which are Conan's or, where a profile says so, the system's.
        self.cpp_info.set_property("cmake_find_mode", "none")
        self.cpp_info.builddirs = [os.path.join("share", "cmake", "unitee")]
        self.cpp_info.bindirs = []
        self.cpp_info.libdirs = []
        self.cpp_info.requires = ["openssl::crypto", "fmt::fmt", "nlohmann_json::nlohmann_json"]
        # What other build systems than CMake are told.
        if self.settings.os in ("Linux", "FreeBSD"):
            self.cpp_info.system_libs = ["pthread"]
        if self.options.backend != "auto":
            self.cpp_info.defines = ["UNITEE_BACKEND_" + str(self.options.backend).upper().replace("-", "_")]
