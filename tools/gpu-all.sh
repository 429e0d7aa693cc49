#!/usr/bin/env bash
# gpu-all.sh - runs on a GPU, in one go, everything that docs/gpu-results.md reports.
#
#   bash tools/gpu-bundle.sh      where Java and the network are: fills .gpu
#   bash tools/gpu-all.sh         on the machine with the GPU, in the root of the copied tree
#
# Each part writes a file in $OUT (default .gpu/out) and shows its end here; one that fails or takes too
# long does not stop the others. Settings:
#   CASES  folders of recorded cases, ':' between them (default: the sample in the tree)
#   PARTS  which parts, in which order (default: all)
set -uo pipefail

out="${OUT:-.gpu/out}"
cases="${CASES:-conformance/src/test/resources/sample}"
mkdir -p "$out"

# part NAME SECONDS LINES COMMAND...
part() {
  local name="$1" limit="$2" lines="$3" began status
  shift 3
  began=$SECONDS
  timeout "$limit" "$@" >"$out/$name.txt" 2>&1
  status=$?
  printf '== %s: exit %d after %d s\n' "$name" "$status" "$((SECONDS - began))"
  tail -n "$lines" "$out/$name.txt"
}

for name in ${PARTS:-check doctor gpu conformance lenet5 bench kernels}; do
  case $name in
    check) part check 60 12 bash .gpu/run.sh --check ;;
    doctor) part doctor 60 30 bash .gpu/run.sh io.millrace.examples.Launcher doctor ;;
    gpu) OUT="$out/gpu" GPU_DETAILS=summary part gpu 240 40 bash .gpu/junit.sh ;;
    kernels)
      OUT="$out/kernels" GPU_TAG=kernels GPU_DETAILS=summary \
        GPU_JAVA_OPTS=-Dmillrace.cuda.test=cuda:0 part kernels 180 40 bash .gpu/junit.sh
      ;;
    conformance)
      IFS=: read -ra folders <<<"$cases"
      for folder in "${folders[@]}"; do
        part "conformance-$(basename "$folder")" 120 15 \
          bash .gpu/run.sh io.millrace.conformance.Main --device cuda:0 "$folder"
      done
      ;;
    lenet5)
      part lenet5 120 15 bash .gpu/run.sh io.millrace.examples.Launcher example lenet5 \
        --device cuda:0 --out "$out/lenet5.png"
      ;;
    bench) part bench 180 15 bash .gpu/run.sh io.millrace.benchmarks.Bench --device cuda:0 ;;
    *) echo "there is no part '$name'" >&2 ;;
  esac
done
