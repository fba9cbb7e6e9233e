# Installs what was built, for this user and silently, and sees that it serves and is removed again.
$ErrorActionPreference = 'Stop'
$installer = Get-ChildItem dist\*.exe | Select-Object -First 1
$target = Join-Path $env:LOCALAPPDATA 'Programs\CodeInterview'
Start-Process $installer.FullName -Wait -ArgumentList '/VERYSILENT', '/SUPPRESSMSGBOXES', '/TASKS='
$program = Join-Path $target 'codeinterview.exe'
& $program --version
if ($LASTEXITCODE -ne 0) { throw 'The version was not told.' }

$data = Join-Path $env:RUNNER_TEMP 'data'
$out = Join-Path $env:RUNNER_TEMP 'out.txt'
$server = Start-Process $program -PassThru -NoNewWindow -RedirectStandardOutput $out `
    -ArgumentList 'serve', '--port', '8799', '--data-dir', $data
try {
    $deadline = (Get-Date).AddSeconds(120)
    while (-not (Select-String -Quiet '^ready ' $out)) {
        if ($server.HasExited -or (Get-Date) -gt $deadline) { throw "Not ready: $(Get-Content $out)" }
        Start-Sleep -Milliseconds 500
    }
    Invoke-RestMethod http://127.0.0.1:8799/api/v1/health
    $page = Invoke-WebRequest -UseBasicParsing http://127.0.0.1:8799/
    if ($page.Content -notmatch 'id="root"') { throw 'The web client is not there.' }
} finally {
    Stop-Process -Id $server.Id -Force -ErrorAction SilentlyContinue
}
$link = (Get-ItemProperty 'HKCU:\Software\Classes\codeinterview\shell\open\command').'(default)'
if ($link -notlike "*codeinterview.exe*%1*") { throw "codeinterview: links open $link" }
Start-Process (Join-Path $target 'unins000.exe') -Wait -ArgumentList '/VERYSILENT'
