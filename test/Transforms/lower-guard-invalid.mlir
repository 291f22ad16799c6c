// RUN: tt-opt %s --tt-expand-guard --verify-diagnostics

// Outside a kernel there is no k-tile loop to cut.
func.func @no_kernel(%first: index) {
  // expected-error @below {{expected to stand before the k-tile loop of a gpu.launch with tt.config, whose fragments are stored by tt.store_fragments}}
  tt.guard_tile first %first period 2 {
  ^bb0(%slot: index):
  }
  return
}
