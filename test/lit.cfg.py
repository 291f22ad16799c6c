"""How lit runs the tests: every external thing is a feature, on only if found."""

import glob
import os
import shutil
import sys

import lit.formats
from lit.llvm import llvm_config
from lit.llvm.subst import ToolSubst

config.name = "tt"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".test"]
config.excludes = ["CMakeLists.txt", "gpu", "unit", "mutation", "Inputs"]
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = os.path.join(config.tt_binary_dir, "test")

llvm_config.with_system_environment(["HOME", "TMP", "TEMP", "TT_LIBCUDA"])
llvm_config.use_default_substitutions()
binaries = os.path.join(config.tt_binary_dir, "bin")
llvm_config.add_tool_substitutions(
    ["tt-opt", "tt-run", "tt-fuzz", "tt-launch", "tt-unit-tests",
     "tt-mutation-tests",
     "tt-compiler-unit-tests", "tt-kernel-unit-tests",
     "tt-explain", "tt-measure", "tt-tune",
     ToolSubst("mlir-opt-stock", os.path.join(config.llvm_tools_dir, "mlir-opt"))],
    [binaries, config.llvm_tools_dir])
# A function of one test must not see another's variables.
config.environment["FILECHECK_OPTS"] = (
    "--enable-var-scope --allow-unused-prefixes=false")
config.substitutions.append(("%tt-lib", os.path.join(config.tt_binary_dir, "lib")))
config.substitutions.append(("%tt-source", config.tt_source_dir))
config.substitutions.append(("%tt-bin", binaries))
config.substitutions.append(("%{python}", sys.executable))

# Nobody's own tuning cache is read or written.
config.environment["XDG_CACHE_HOME"] = os.path.join(config.test_exec_root, "cache")

config.available_features.add("static" if config.tt_static else "plugin")
if shutil.which("python3"):
    config.available_features.add("python")

# What tools/dev.sh brings from PyPI; tests that need it are unsupported without.
venv = os.path.join(config.tt_source_dir, "build", "venv")
packages = os.path.join(venv, "lib", "python3*", "site-packages")
config.substitutions.append(
    ("%venv-python", os.path.join(venv, "bin", "python3")))
if glob.glob(os.path.join(packages, "matplotlib")):
    config.available_features.add("matplotlib")
cuda_tools = glob.glob(os.path.join(packages, "nvidia", "cu13", "bin"))
if all(glob.glob(os.path.join(packages, "nvidia", "cu13", "bin", tool))
       for tool in ("ptxas", "nvdisasm")):
    config.available_features.add("cuda-tools")

for folder in cuda_tools + ["/usr/local/cuda/bin"]:
    config.environment["PATH"] += os.pathsep + folder
if shutil.which("ptxas", path=config.environment["PATH"]):
    config.available_features.add("ptxas")
