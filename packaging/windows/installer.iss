; Inno Setup 6 makes the installer from what `build_app.py` left in build\codeinterview:
;   iscc /DVersion=0.1.0 packaging\windows\installer.iss
; It installs for one user, without an administrator. Whoever is one may choose the rule for the
; firewall, which asks once for the right to make it.

#ifndef Version
  #error Give the version: iscc /DVersion=X.Y.Z
#endif
#define Name "CodeInterview"
#define Program "codeinterview.exe"

[Setup]
AppId={{6D3B5C1E-8F0A-4B57-9C64-2E1A7F3D90B8}
AppName={#Name}
AppVersion={#Version}
AppPublisher=CodeInterview contributors
DefaultDirName={localappdata}\Programs\{#Name}
DefaultGroupName={#Name}
DisableProgramGroupPage=yes
PrivilegesRequired=lowest
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
MinVersion=10.0.17763
SourceDir=..\..
OutputDir=dist
OutputBaseFilename=codeinterview-{#Version}-windows-x64
SetupIconFile=build\icons\codeinterview.ico
UninstallDisplayIcon={app}\{#Program}
LicenseFile=LICENSE
Compression=lzma2/max
SolidCompression=yes
WizardStyle=modern
ChangesAssociations=yes
; A running app is asked to close, so that its files can be replaced.
CloseApplications=yes

[Languages]
Name: "en"; MessagesFile: "compiler:Default.isl"

[Tasks]
Name: "firewall"; Description: "Let computers on private networks join (asks for an administrator)"
Name: "desktopicon"; Description: "{cm:CreateDesktopIcon}"; Flags: unchecked

[InstallDelete]
; Files that a newer version does not have any more.
Type: filesandordirs; Name: "{app}\_internal"

[Files]
Source: "build\codeinterview\*"; DestDir: "{app}"; Flags: ignoreversion recursesubdirs createallsubdirs

[Icons]
Name: "{group}\{#Name}"; Filename: "{app}\{#Program}"; AppUserModelID: "{#Name}"
Name: "{userdesktop}\{#Name}"; Filename: "{app}\{#Program}"; Tasks: desktopicon

[Registry]
Root: HKCU; Subkey: "Software\Classes\codeinterview"; ValueType: string; ValueData: "URL:CodeInterview link"; Flags: uninsdeletekey
Root: HKCU; Subkey: "Software\Classes\codeinterview"; ValueType: string; ValueName: "URL Protocol"; ValueData: ""
Root: HKCU; Subkey: "Software\Classes\codeinterview\DefaultIcon"; ValueType: string; ValueData: "{app}\{#Program},0"
Root: HKCU; Subkey: "Software\Classes\codeinterview\shell\open\command"; ValueType: string; ValueData: """{app}\{#Program}"" ""%1"""

[Run]
Filename: "{app}\{#Program}"; Description: "{cm:LaunchProgram,{#Name}}"; Flags: nowait postinstall skipifsilent

[Code]
// Networks that Windows calls public, such as a café's, stay closed.
procedure ChangeFirewall(const Command: String);
var
  Status: Integer;
begin
  ShellExec('runas', ExpandConstant('{sys}\netsh.exe'), 'advfirewall firewall ' + Command, '',
    SW_HIDE, ewWaitUntilTerminated, Status);
end;

procedure CurStepChanged(Step: TSetupStep);
begin
  if (Step = ssPostInstall) and WizardIsTaskSelected('firewall') then
  begin
    ChangeFirewall('add rule name="{#Name}" dir=in action=allow profile=private enable=yes program="'
      + ExpandConstant('{app}\{#Program}') + '"');
    RegWriteDWordValue(HKCU, 'Software\{#Name}', 'FirewallRule', 1);
  end;
end;

procedure CurUninstallStepChanged(Step: TUninstallStep);
var
  Made: Cardinal;
begin
  if (Step = usPostUninstall)
    and RegQueryDWordValue(HKCU, 'Software\{#Name}', 'FirewallRule', Made) then
  begin
    ChangeFirewall('delete rule name="{#Name}" program="' + ExpandConstant('{app}\{#Program}') + '"');
    RegDeleteKeyIncludingSubkeys(HKCU, 'Software\{#Name}');
  end;
end;
