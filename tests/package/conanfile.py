# SPDX-License-Identifier: Apache-2.0
import os

from conan import ConanFile
from conan.errors import ConanException
from conan.tools.build import can_run
from conan.tools.cmake import CMake, CMakeDeps, CMakeToolchain, cmake_layout


class UniteeTest(ConanFile):
    settings = "os", "arch", "compiler", "build_type"

    def requirements(self):
        self.requires(self.tested_reference_str)

    def layout(self):
        cmake_layout(self, build_folder=os.path.join(self.recipe_folder, "..", "..", "build", "conan"))

    def generate(self):
        CMakeDeps(self).generate()
        toolchain = CMakeToolchain(self)
        toolchain.user_presets_path = False
        backend = str(self.dependencies["unitee"].options.backend)
        if backend != "auto":
            toolchain.cache_variables["TRY_BACKEND"] = backend
        toolchain.generate()

    def build(self):
        cmake = CMake(self)
        cmake.configure()
        cmake.build()

    def test(self):
        program = os.path.join(self.cpp.build.bindir, "program")
        if not os.path.exists(program):
            raise ConanException(f"the test program was not built: {program}")
        if can_run(self):
            self.run(os.path.abspath(program), env="conanrun")
