@echo off
setlocal
"%~dp0python\python.exe" -I -X utf8 -m tui %*
set "code=%errorlevel%"
if not "%code%"=="0" if "%~1"=="" pause
exit /b %code%
