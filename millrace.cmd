@echo off
rem Starts Millrace from a checkout. The first start builds it; a later one goes straight to Java.
rem Needs a JDK, 17 or newer. Run "millrace help" for what it can do.
setlocal EnableExtensions DisableDelayedExpansion

set "ROOT=%~dp0"
set "CACHE=%ROOT%target\launcher"
set "COMMAND=%~1"

if "%COMMAND%"=="example" (set "MODULE=examples" & set "MAIN=io.millrace.examples.Launcher" & goto java)
if "%COMMAND%"=="doctor" (set "MODULE=examples" & set "MAIN=io.millrace.examples.Launcher" & goto java)
if "%COMMAND%"=="bench" (set "MODULE=benchmarks" & set "MAIN=io.millrace.benchmarks.Bench" & goto java)
if "%COMMAND%"=="conformance" (set "MODULE=conformance" & set "MAIN=io.millrace.conformance.Main" & goto java)
if "%COMMAND%"=="help" (call :usage & exit /b 0)
if "%COMMAND%"=="--help" (call :usage & exit /b 0)
if not "%COMMAND%"=="" echo millrace: there is no command "%COMMAND%".>&2
call :usage >&2
exit /b 2

:java
set "JAVA=java"
if defined JAVA_HOME set "JAVA=%JAVA_HOME%\bin\java.exe"
"%JAVA%" -version >nul 2>&1
if errorlevel 1 (
  echo millrace: no Java found. Install a JDK, 17 or newer, and set JAVA_HOME to it.>&2
  exit /b 1
)
rem Each option is used if this Java knows it. The first is known from version 17 on.
set "OPTS=--enable-native-access=ALL-UNNAMED"
"%JAVA%" %OPTS% -version >nul 2>&1
if errorlevel 1 (
  echo millrace: Java 17 or newer is needed. Set JAVA_HOME to a newer JDK. This one is:>&2
  "%JAVA%" -version
  exit /b 1
)
"%JAVA%" --sun-misc-unsafe-memory-access=allow -version >nul 2>&1
if not errorlevel 1 set "OPTS=%OPTS% --sun-misc-unsafe-memory-access=allow"
"%JAVA%" --add-modules jdk.incubator.vector -version >nul 2>&1
if not errorlevel 1 set "OPTS=%OPTS% --add-modules jdk.incubator.vector"

set "CLASSES=%ROOT%%MODULE%\target\classes"
set "LIST=%ROOT%%MODULE%\target\runtime-classpath.txt"
if not exist "%LIST%" goto build
if not exist "%CACHE%\%MODULE%.built" goto build
rem Exit status 1: some source is newer than the last build.
powershell -NoProfile -Command "$t=(Get-Item -LiteralPath ($env:CACHE+'\'+$env:MODULE+'.built')).LastWriteTimeUtc; Set-Location -LiteralPath $env:ROOT; $n=@(Get-Item pom.xml,*\pom.xml)+@(Get-ChildItem -Path *\src\main -Recurse) | Where-Object { $_.LastWriteTimeUtc -gt $t } | Select-Object -First 1; if ($n) { exit 1 }"
if not errorlevel 1 goto start

:build
echo building Millrace...>&2
if not exist "%CACHE%" mkdir "%CACHE%"
rem The time of the build is when it began: an edit made while it runs asks for another one.
type nul >"%CACHE%\%MODULE%.building"
pushd "%ROOT%"
call mvnw.cmd -B -q -pl %MODULE% -am -Dmaven.test.skip=true package <nul >"%CACHE%\build.log" 2>&1
if errorlevel 1 (
  popd
  type "%CACHE%\build.log" >&2
  echo millrace: the build failed; see above.>&2
  exit /b 1
)
popd
move /y "%CACHE%\%MODULE%.building" "%CACHE%\%MODULE%.built" >nul

:start
for /f "usebackq delims=" %%L in ("%LIST%") do set "CLASSPATH=%CLASSES%;%%L"
set ARGS=%*
if "%MODULE%"=="examples" goto run
rem The others take what follows the command.
set ARGS=
:next
shift
if "%~1"=="" goto run
set ARGS=%ARGS% %1
goto next

:run
rem Tensors lie outside the Java heap, which hardly changes: the simplest collector is the fastest.
set "COLLECTOR=-XX:+UseSerialGC"
if defined MILLRACE_JAVA_OPTS if not "%MILLRACE_JAVA_OPTS:-XX:+Use=%"=="%MILLRACE_JAVA_OPTS%" set "COLLECTOR="
"%JAVA%" %OPTS% %COLLECTOR% -Dorg.bytedeco.javacpp.maxPhysicalBytes=0 "-Dmillrace.root=%ROOT%." %MILLRACE_JAVA_OPTS% %MAIN% %ARGS%
exit /b %ERRORLEVEL%

:usage
echo Usage: millrace COMMAND [ARGUMENT...]
echo.
echo   example NAME [ARGUMENT...]  run one of the examples; without NAME, list them
echo   doctor                      say what this machine offers: Java, processor, native libraries
echo   bench [WORKLOAD...]         measure; without WORKLOAD, everything; --device NAME says where
echo   conformance DIR [NAME...]   run the TensorFlow cases in DIR and compare; --help tells options
echo   help                        show this text
echo.
echo Environment:
echo   JAVA_HOME           the JDK to use (17 or newer); otherwise the java on the PATH
echo   MILLRACE_JAVA_OPTS  more options for the Java virtual machine, such as -Xmx8g
exit /b 0
