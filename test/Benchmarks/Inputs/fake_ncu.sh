#!/bin/sh
# Prints what ncu's raw page looks like; fails for a kernel named bad.ttk.
case "$*" in *bad.ttk*) echo "==ERROR== no permission" >&2; exit 1 ;; esac
cat <<'CSV'
==PROF== Connected to process 1
launched
"ID","Process ID","Kernel Name","gpu__time_duration.sum","sm__pipe_tensor_cycles_active.avg.pct_of_peak_sustained_active","smsp__average_warps_issue_stalled_barrier_per_issue_active.ratio","smsp__average_warps_issue_stalled_math_pipe_throttle_per_issue_active.ratio","l1tex__data_bank_conflicts_pipe_lsu_mem_shared.sum"
"","","","us","%","inst","inst",""
"0","1","matmul_kernel","300.5","91.2","0.40","1,200.5","0"
CSV
