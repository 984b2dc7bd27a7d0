@echo off
setlocal
set "file=%~dp0probe-%COMPUTERNAME%.json"
"%~dp0python\python.exe" -I -X utf8 -m tui probe > "%file%"
set "code=%errorlevel%"
if "%code%"=="0" echo %file%
if "%~1"=="" pause
exit /b %code%
