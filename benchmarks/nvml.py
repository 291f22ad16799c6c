"""Clock and power of a GPU, and its architecture before CUDA is initialised."""

import ctypes

_CLOCK_SM = 1  # NVML_CLOCK_SM


class Monitor:
    """Reads one GPU through libnvidia-ml; every answer is None without it."""

    def __init__(self, index=0):
        self._device = ctypes.c_void_p()
        try:
            self._library = ctypes.CDLL("libnvidia-ml.so.1")
        except OSError:
            self._library = None
            return
        if self._library.nvmlInit_v2() != 0 or \
                self._library.nvmlDeviceGetHandleByIndex_v2(
                    index, ctypes.byref(self._device)) != 0:
            self._library = None

    def _read(self, function, *arguments, kind=ctypes.c_uint):
        value = kind()
        if self._library is None or getattr(self._library, function)(
                self._device, *arguments, ctypes.byref(value)) != 0:
            return None
        return value.value

    def sm_clock(self):
        """MHz."""
        return self._read("nvmlDeviceGetClockInfo", _CLOCK_SM)

    def power(self):
        """Watts."""
        milliwatts = self._read("nvmlDeviceGetPowerUsage")
        return milliwatts and milliwatts / 1000

    def energy(self):
        """Joules since the driver was loaded; it grows in steps."""
        millijoules = self._read("nvmlDeviceGetTotalEnergyConsumption",
                                 kind=ctypes.c_ulonglong)
        return millijoules and millijoules / 1000

    def power_limit(self):
        milliwatts = self._read("nvmlDeviceGetEnforcedPowerLimit")
        return milliwatts and milliwatts / 1000

    def architecture(self):
        """Such as sm_90."""
        major, minor = ctypes.c_int(), ctypes.c_int()
        if self._library is None or \
                self._library.nvmlDeviceGetCudaComputeCapability(
                    self._device, ctypes.byref(major), ctypes.byref(minor)) != 0:
            return None
        return f"sm_{major.value}{minor.value}"

    def driver(self):
        text = ctypes.create_string_buffer(80)
        if self._library is None or \
                self._library.nvmlSystemGetDriverVersion(text, 80) != 0:
            return None
        return text.value.decode()
