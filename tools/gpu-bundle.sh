#!/usr/bin/env bash
# gpu-bundle.sh - packs what a bare GPU machine (no Java, no network) needs to run this project.
#
# Run it in the root of the Maven project:   bash tools/gpu-bundle.sh
# It builds the modules (tests compiled, not run) and fills the ignored folder .gpu/:
#
#   .gpu/base.tar.xz   a jlinked JRE and the third-party jars, natives cut to what is used;
#                      rebuilt only when the JDK, the dependencies or the settings below change
#   .gpu/base.id       the name under which base.tar.xz is unpacked there
#   .gpu/app/*.jar     the project's own modules and their test classes; rewritten by every run
#   .gpu/run.sh        .gpu/run.sh MAIN [ARGS...]   runs a main class;   .gpu/run.sh --check   looks around
#   .gpu/junit.sh      .gpu/junit.sh [CONSOLE OPTIONS...]   runs the JUnit tests with the tag "gpu"
#
# On the GPU machine, in the root of the copied tree:   bash .gpu/junit.sh
# Nothing of NVIDIA's is packed: run.sh finds the driver, and the CUDA libraries of Python packages, there.
#
# Settings (environment):
#   GPU_JDK       the JDK to link the JRE from (default: JAVA_HOME, else the javac on the PATH); x86-64 Linux
#   GPU_MODULES   JDK modules to link besides those that jdeps finds in the project's own jars
#   GPU_NATIVES   regular expression: the native libraries kept in third-party jars (file names)
#   GPU_LIMIT_MB  warn above this size of the whole tree that travels (default 60)
#   JUNIT_CONSOLE version of the JUnit console launcher (default: the one that fits the tests' JUnit)
#   MVN           the Maven command (default: ./mvnw)
#   MVN_ARGS      arguments for every Maven call, e.g. "-o" or "-Pcuda"
set -euo pipefail

[ -f pom.xml ] || { echo "gpu-bundle: no pom.xml here; run it in the project's root" >&2; exit 2; }
root="$PWD"
out="$root/.gpu"
third="$out/.third"       # scratch: third-party jars as Maven delivers them
work="$out/.work"         # scratch: what goes into base.tar.xz
dep="org.apache.maven.plugins:maven-dependency-plugin:3.8.1"
platform="linux-x86_64"

jdk="${GPU_JDK:-${JAVA_HOME:-}}"
if [ -z "$jdk" ]; then jdk="$(dirname "$(dirname "$(readlink -f "$(command -v javac)")")")"; fi
[ -x "$jdk/bin/jlink" ] || { echo "gpu-bundle: no jlink in $jdk; set GPU_JDK" >&2; exit 2; }

# java.xml: JUnit's report files; java.management: JUnit and JVM counters; jdk.unsupported: sun.misc.Unsafe;
# jdk.zipfs: JUnit's search for tests in jars; jdk.jfr, jdk.management: profiling, memory and CPU counters.
base_modules="java.base,java.logging,java.management,java.xml,jdk.incubator.vector,jdk.jfr,jdk.management,jdk.unsupported,jdk.zipfs"

# The JNI libraries kept. Not kept: NPP, cuSOLVER, cuSPARSE, cuFFT, ... and openblas_full.
natives="${GPU_NATIVES:-^lib(jnijavacpp|jni(cudart|cublas|cudnn|nvrtc|nccl|curand|nvml)|jniopenblas|jniopenblas_nolapack|openblas|gfortran|quadmath|gcc_s)\.so}"

mvn() { command ${MVN:-./mvnw} -B -q ${MVN_ARGS:-} "$@"; }

mkdir -p "$out"
rm -rf "$third" "$work" "$out/app"
mkdir -p "$third" "$work" "$out/app"

# Keep .gpu out of git, so that it travels only when it is named.
if git rev-parse --git-dir >/dev/null 2>&1 && ! git check-ignore -q "$out"; then
  exclude="$(git rev-parse --git-path info/exclude)"
  mkdir -p "$(dirname "$exclude")"
  echo "/.gpu/" >> "$exclude"
fi

# ---- the project's modules and their dependencies -----------------------------------------------
# One reactor run: "package" lets the modules see each other without being installed.
echo "gpu-bundle: building the modules and collecting their dependencies"
JAVA_HOME="$jdk" mvn -DskipTests package "$dep:copy-dependencies" \
    -DincludeScope=test -Dmdep.useBaseVersion=true -DoutputDirectory="$third"

jar="$jdk/bin/jar"
while IFS= read -r pom; do
  dir="$(dirname "$pom")"
  [ -d "$dir/target" ] || continue
  name="${dir#./}"; name="${name//\//-}"; [ "$name" = . ] && name="root"
  # The packaged jar, if there is one (it may be a multi-release jar), else the classes.
  main="$(find "$dir/target" -maxdepth 1 -name '*.jar' \
      ! -name '*-sources.jar' ! -name '*-javadoc.jar' ! -name '*-tests.jar' ! -name '*-test-sources.jar' \
      ! -name 'original-*' ! -name '*-shaded.jar' ! -name '*-all.jar' ! -name '*-with-dependencies.jar' -printf '%T@ %p\n' 2>/dev/null | sort -rn | head -n 1 | cut -d' ' -f2-)"
  if [ -n "$main" ]; then
    cp "$main" "$out/app/$name.jar"
    rm -f "$third/$(basename "$main")"          # siblings come along as dependencies: keep one copy
  elif [ -d "$dir/target/classes" ]; then
    "$jar" --create --file "$out/app/$name.jar" -C "$dir/target/classes" .
  fi
  for t in "$dir"/target/*-tests.jar; do [ -e "$t" ] && rm -f "$third/$(basename "$t")"; done
  if [ -d "$dir/target/test-classes" ] && [ -n "$(find "$dir/target/test-classes" -name '*.class' -print -quit)" ]; then
    "$jar" --create --file "$out/app/$name-tests.jar" -C "$dir/target/test-classes" .
  fi
done < <(find . -name pom.xml ! -path '*/target/*' ! -path './.*' | sort)

# Other platforms' natives and NVIDIA's own libraries stay here.
find "$third" \( -name '*-windows-*.jar' -o -name '*-macosx-*.jar' -o -name '*-android-*.jar' -o -name '*-ios-*.jar' \
    -o -name '*-linux-arm*.jar' -o -name '*-linux-ppc*.jar' -o -name '*-linux-x86.jar' -o -name 'cuda-redist*.jar' \) -delete

# A preset without its Linux natives (a project may leave the classifier to its users): fetch them.
for j in "$third"/javacpp-[0-9]*.jar "$third"/cuda-[0-9]*.jar "$third"/openblas-[0-9]*.jar; do
  [ -e "$j" ] || continue
  case "$j" in *"-$platform.jar") continue ;; esac
  stem="$(basename "$j" .jar)"
  if [ ! -e "$third/$stem-$platform.jar" ]; then
    mvn "$dep:copy" -Dartifact="org.bytedeco:${stem%%-[0-9]*}:${stem#*-}:jar:$platform" -DoutputDirectory="$third" \
        -Dmdep.useBaseVersion=true
  fi
done

# ---- JUnit: the console launcher holds the whole of JUnit, so its parts are dropped --------------
version="${JUNIT_CONSOLE:-}"
if [ -z "$version" ]; then
  engine="$(find "$third" -name 'junit-platform-engine-*.jar' -printf '%f\n' | sort -V | tail -n 1)"
  version="${engine#junit-platform-engine-}"; version="${version%.jar}"
fi
version="${version:-1.14.4}"
find "$third" \( -name 'junit-jupiter*.jar' -o -name 'junit-platform-*.jar' -o -name 'opentest4j-*.jar' \
    -o -name 'apiguardian-api-*.jar' \) -delete
mvn "$dep:copy" -Dartifact="org.junit.platform:junit-platform-console-standalone:$version" -DoutputDirectory="$third"

# ---- base.tar.xz: the JRE and the third-party jars -----------------------------------------------
found="$("$jdk/bin/jdeps" --no-recursive --ignore-missing-deps --multi-release base --print-module-deps \
    --class-path "$third/*" "$out"/app/*.jar 2>/dev/null | tail -n 1 || true)"
case "$found" in *[!a-z0-9.,]*) found="" ;; esac      # an error message, not a list
modules="$(printf '%s,%s,%s' "$base_modules" "${GPU_MODULES:-}" "$found" | tr ',' '\n' | sed '/^$/d' | sort -u | paste -sd, -)"

id="$( { cat "$jdk/release"; echo "$modules $natives"; cd "$third"; sha256sum ./*.jar; } | sha256sum | cut -c1-16)"
if [ -s "$out/base.tar.xz" ] && [ "$(cat "$out/base.id" 2>/dev/null)" = "$id" ]; then
  echo "gpu-bundle: base.tar.xz is up to date ($id)"
else
  echo "gpu-bundle: linking a JRE ($modules)"
  # Left uncompressed (zip-0, or 0 before JDK 21): xz does far better on the whole than on its parts.
  compress=zip-0; "$jdk/bin/jlink" --help | grep -q 'zip-' || compress=0
  "$jdk/bin/jlink" --add-modules "$modules" --strip-debug --no-header-files --no-man-pages \
      --compress="$compress" --output "$work/jre"
  rm -rf "$work/jre/legal"
  if command -v strip >/dev/null; then find "$work/jre" -name '*.so' -exec strip --strip-unneeded {} + 2>/dev/null || true; fi

  # Rewrites a jar without compression, with the wanted natives only.
  cat > "$work/Slim.java" <<'EOF'
import java.io.*;
import java.nio.file.*;
import java.util.Enumeration;
import java.util.regex.Pattern;
import java.util.zip.*;

class Slim {
    public static void main(String[] a) throws IOException {
        Pattern keep = Pattern.compile(a[0]);
        for (int i = 2; i < a.length; i++) {
            Path in = Path.of(a[i]);
            Path target = Path.of(a[1]).resolve(in.getFileName());
            try (ZipFile zip = new ZipFile(in.toFile());
                 ZipOutputStream out = new ZipOutputStream(new BufferedOutputStream(Files.newOutputStream(target)))) {
                out.setLevel(Deflater.NO_COMPRESSION);
                for (Enumeration<? extends ZipEntry> e = zip.entries(); e.hasMoreElements();) {
                    ZipEntry entry = e.nextElement();
                    String name = entry.getName();
                    String file = name.substring(name.lastIndexOf('/') + 1);
                    boolean library = file.matches(".*\\.(so(\\.\\d+)*|a|dll|lib|dylib|jnilib)");
                    if (entry.isDirectory() || name.startsWith("META-INF/native-image/")
                            || library && name.startsWith("org/bytedeco/") && !keep.matcher(file).find()) {
                        continue;
                    }
                    ZipEntry copy = new ZipEntry(name);
                    copy.setTime(315532800000L);          // 1980: the same input gives the same archive
                    out.putNextEntry(copy);
                    try (InputStream data = zip.getInputStream(entry)) {
                        data.transferTo(out);
                    }
                    out.closeEntry();
                }
            }
        }
    }
}
EOF
  mkdir -p "$work/lib"
  "$jdk/bin/java" "$work/Slim.java" "$natives" "$work/lib" "$third"/*.jar
  echo "gpu-bundle: packing base.tar.xz"
  # Blocks of 8 MiB let xz pack and unpack on several cores.
  tar -C "$work" --sort=name --owner=0 --group=0 --numeric-owner -cf - jre lib | xz -T0 -6 --block-size=8MiB > "$out/base.tar.xz.new"
  mv "$out/base.tar.xz.new" "$out/base.tar.xz"
  echo "$id" > "$out/base.id"
fi

{
  echo "--enable-native-access=ALL-UNNAMED"
  case ",$modules," in *,jdk.incubator.vector,*) echo "--add-modules=jdk.incubator.vector" ;; esac
} > "$out/jvm.args"
rm -rf "$third" "$work"

# ---- the launchers that run on the GPU machine ----------------------------------------------------
cat > "$out/run.sh" <<'EOF'
#!/usr/bin/env bash
# Runs a main class with the carried JRE:   run.sh MAIN [ARGS...]   (or:   run.sh --check)
# Written by gpu-bundle.sh; edit that, not this.
#   GPU_JAVA_OPTS  more JVM options      GPU_NVLIBS  folders of CUDA libraries, ':' between them
#   GPU_PYTHON     the Python whose packages hold the CUDA libraries
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
tmp="${TMPDIR:-/tmp}"

# 1. The JRE and the jars, unpacked once per machine.
base="$tmp/gpu-base-$(cat "$here/base.id")"
if [ ! -e "$base/.complete" ]; then
  part="$(mktemp -d "$tmp/gpu-base.XXXXXX")"
  if command -v xz >/dev/null; then
    xz -T0 -dc "$here/base.tar.xz" | tar -C "$part" -xf -
  else
    python3 -c 'import sys, tarfile; tarfile.open(sys.argv[1], "r:xz").extractall(sys.argv[2])' "$here/base.tar.xz" "$part"
  fi
  : > "$part/.complete"
  chmod 755 "$part"
  mv -T "$part" "$base" 2>/dev/null || rm -rf "$part"       # another call may have been faster
fi

# 2. The CUDA libraries: the nvidia-* packages of a Python on this machine.
nvidia_folders() {
  local py site
  for py in "${GPU_PYTHON:-}" "${VIRTUAL_ENV:+$VIRTUAL_ENV/bin/python3}" "$(command -v python3 || true)" \
            /opt/*/.venv/bin/python3 /opt/*/bin/python3; do
    [ -n "$py" ] && [ -x "$py" ] || continue
    for site in $("$py" -c 'import sysconfig as s; print(s.get_path("purelib"), s.get_path("platlib"))' 2>/dev/null | tr ' ' '\n' | sort -u); do
      if [ -n "$(find -L "$site/nvidia" -name 'libcublas.so.*' -print -quit 2>/dev/null)" ]; then
        # not the stubs: a stub libcuda.so.1 would hide the driver's
        find -L "$site/nvidia" -name 'lib*.so*' ! -path '*/stubs/*' -printf '%h\n' | sort -u
        return
      fi
    done
  done
}
if [ -n "${GPU_NVLIBS:-}" ]; then libs="$GPU_NVLIBS"; else libs="$(nvidia_folders | paste -sd: -)"; fi

# 3. The driver: most machines know it (ldconfig); container hosts mount it elsewhere.
search="$(printf '%s:%s' "$libs" "${LD_LIBRARY_PATH:-}" | sed 's/^:*//; s/:*$//; s/::*/:/g')"   # an empty entry would mean "."
driver="$( { PATH="$PATH:/sbin:/usr/sbin" ldconfig -p 2>/dev/null || true; } | sed -n 's/.*libcuda\.so\.1 .*=> //p' | head -n 1)"
if [ -z "$driver" ]; then
  for d in $(echo "$search" | tr ':' ' ') /usr/local/nvidia/lib64 /usr/local/nvidia/lib /usr/lib/wsl/lib; do
    if [ -e "$d/libcuda.so.1" ]; then driver="$d/libcuda.so.1"; search="${search:+$search:}$d"; break; fi
  done
fi

if [ -n "$search" ]; then export LD_LIBRARY_PATH="$search"; else unset LD_LIBRARY_PATH; fi
unset LD_BIND_NOW     # the JNI libraries name functions that an older CUDA 13 lacks: bind on first use

if [ "${1:-}" = "--check" ]; then
  "$base/jre/bin/java" -version 2>&1 | head -n 1
  echo "driver: ${driver:-none found}"
  command -v nvidia-smi >/dev/null && nvidia-smi --query-gpu=name,driver_version --format=csv,noheader
  echo "CUDA libraries:"; echo "$libs" | tr ':' '\n' | sed 's/^/  /'
  ls "$here/app" "$base/lib"
  exit 0
fi

# 4. Java. JavaCPP keeps the JNI libraries it unpacks in cachedir. Its own limit on the process's memory is
#    off: it would count pinned host memory and the driver's mappings.
exec "$base/jre/bin/java" "@$here/jvm.args" \
  -Dorg.bytedeco.javacpp.cachedir="$tmp/gpu-javacpp-$(id -u)" \
  -Dorg.bytedeco.javacpp.pathsFirst="${GPU_PATHS_FIRST:-false}" \
  -Dorg.bytedeco.javacpp.maxPhysicalBytes=0 \
  ${GPU_JAVA_OPTS:-} -cp "$here/app/*:$base/lib/*" "$@"
EOF

cat > "$out/junit.sh" <<'EOF'
#!/usr/bin/env bash
# Runs the JUnit tests tagged "gpu" (GPU_TAG: another tag) of all modules; more console options may follow.
# Written by gpu-bundle.sh. Reports go to $OUT/junit where OUT is set. Exit: 0 passed, 1 failures, 2 no tests.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
roots="$(find "$here/app" -name '*-tests.jar' | sort | paste -sd: -)"
export GPU_REQUIRED=1      # for the tests: a missing GPU is a failure here, no reason to skip
exec bash "$here/run.sh" org.junit.platform.console.ConsoleLauncher execute \
  --scan-class-path "$roots" --include-engine junit-jupiter --include-tag "${GPU_TAG:-gpu}" \
  --disable-banner --disable-ansi-colors --details "${GPU_DETAILS:-tree}" --fail-if-no-tests \
  ${OUT:+--reports-dir "$OUT/junit"} "$@"
EOF
chmod +x "$out/run.sh" "$out/junit.sh"

# ---- sizes -----------------------------------------------------------------------------------------
bundle="$(du -sb "$out" | cut -f1)"
tree=0
if git rev-parse --git-dir >/dev/null 2>&1; then
  tree="$(git ls-files -z -co --exclude-standard | xargs -0 -r stat -c %s 2>/dev/null | awk '{ s += $1 } END { print s + 0 }')"
fi
awk -v b="$bundle" -v t="$tree" -v l="${GPU_LIMIT_MB:-60}" 'BEGIN {
  printf "gpu-bundle: .gpu %.1f MiB + tree %.1f MiB = %.1f MiB\n", b / 1048576, t / 1048576, (b + t) / 1048576
  if ((b + t) / 1048576 > l) printf "gpu-bundle: WARNING: over %d MiB\n", l }'
