# Builds the app and its installer on Windows, into dist\. Needs Python, the built web client and
# Inno Setup 6 (iscc on PATH or in its usual place).
$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $true
Set-Location (Join-Path $PSScriptRoot '..\..')

python packaging\build_app.py
$version = python -c "import sys; sys.path.insert(0, 'packaging'); import contents; print(contents.version())"
$iscc = (Get-Command iscc -ErrorAction SilentlyContinue).Source
if (-not $iscc) { $iscc = Join-Path ${env:ProgramFiles(x86)} 'Inno Setup 6\ISCC.exe' }
& $iscc /Qp "/DVersion=$version" packaging\windows\installer.iss
if ($LASTEXITCODE -ne 0) { throw "Inno Setup failed with status $LASTEXITCODE." }
