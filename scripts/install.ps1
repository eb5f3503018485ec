# Installs or updates codex-voice for this user of Windows: downloads a release, checks its signature, needs no
# administrator. For Windows PowerShell 5.1 and PowerShell 7. Everything is in functions, so that an incomplete script
# does nothing, and nothing ends the window in which it runs.
#
#   irm https://raw.githubusercontent.com/codex-voice/codex-voice/main/scripts/install.ps1 | iex
#   & ([scriptblock]::Create((irm https://raw.githubusercontent.com/codex-voice/codex-voice/main/scripts/install.ps1))) -NoDemo
#
# $env:CODEX_VOICE_BASE_URL: another address for the releases.
param(
  # Install this version instead of the latest one.
  [string] $Version = '',
  # Do not run the demo at the end.
  [switch] $NoDemo,
  # Do not start codex-voice at sign-in.
  [switch] $NoService,
  # Remove everything except your settings and your journal.
  [switch] $Uninstall
)

function Get-Places {
  if (-not $env:LOCALAPPDATA) { throw 'LOCALAPPDATA is not set. Run this as an ordinary user of Windows.' }
  $folder = Join-Path $env:LOCALAPPDATA 'Programs\codex-voice'
  $base = 'https://github.com/codex-voice/codex-voice/releases/download'
  if ($env:CODEX_VOICE_BASE_URL) { $base = $env:CODEX_VOICE_BASE_URL }
  return @{
    Folder = $folder
    Program = Join-Path $folder 'codex-voice.exe'
    Data = Join-Path $env:LOCALAPPDATA 'codex-voice'
    Base = $base.TrimEnd('/')
    Download = Join-Path ([IO.Path]::GetTempPath()) ('codex-voice-' + [Guid]::NewGuid().ToString('N'))
  }
}

# The target of the release for this processor. Windows on Arm runs programs for x64 as well.
function Get-Target {
  if ([Environment]::OSVersion.Platform -ne 'Win32NT') { throw 'This is not Windows. On Linux and macOS, use install.sh.' }
  $machine = $env:PROCESSOR_ARCHITEW6432
  if (-not $machine) { $machine = $env:PROCESSOR_ARCHITECTURE }
  if ($machine -ne 'AMD64' -and $machine -ne 'ARM64') { throw "There is no program for $machine processors, only for x64." }
  $build = [Environment]::OSVersion.Version.Build
  if ($build -lt 17763) { throw "This is build $build of Windows. The program needs Windows 10 1809 (17763) or later." }
  return 'win32-x64'
}

# Ed25519 (RFC 8032) for .NET versions that lack it. C# 5, which Windows PowerShell 5.1 compiles.
function Import-Ed25519 {
  if ('CodexVoiceEd25519' -as [type]) { return }
  $source = @'
using System;
using System.Numerics;
using System.Security.Cryptography;

public static class CodexVoiceEd25519
{
    static readonly BigInteger P = BigInteger.Pow(2, 255) - 19;
    static readonly BigInteger L = BigInteger.Pow(2, 252) + BigInteger.Parse("27742317777372353535851937790883648493");
    static readonly BigInteger D = Mod(-121665 * Inverse(121666));
    static readonly BigInteger RootOfMinusOne = BigInteger.ModPow(2, (P - 1) / 4, P);
    static readonly BigInteger[] Base = Decode(FromHex("5866666666666666666666666666666666666666666666666666666666666666"));

    static BigInteger Mod(BigInteger value) { BigInteger rest = value % P; return rest.Sign < 0 ? rest + P : rest; }
    static BigInteger Inverse(BigInteger value) { return BigInteger.ModPow(Mod(value), P - 2, P); }

    static byte[] FromHex(string text)
    {
        byte[] bytes = new byte[text.Length / 2];
        for (int i = 0; i < bytes.Length; i++) bytes[i] = Convert.ToByte(text.Substring(2 * i, 2), 16);
        return bytes;
    }

    static BigInteger Number(byte[] bytes, int start, int length)
    {
        byte[] little = new byte[length + 1];
        Array.Copy(bytes, start, little, 0, length);
        return new BigInteger(little);
    }

    // A point as X, Y, Z and T, where T = X * Y / Z; null when the bytes are no point.
    static BigInteger[] Decode(byte[] bytes)
    {
        byte[] copy = (byte[])bytes.Clone();
        bool odd = (copy[31] & 0x80) != 0;
        copy[31] &= 0x7f;
        BigInteger y = Number(copy, 0, 32);
        if (y >= P) return null;
        BigInteger square = Mod((y * y - 1) * Inverse(D * y * y + 1));
        BigInteger x = BigInteger.ModPow(square, (P + 3) / 8, P);
        if (Mod(x * x - square) != 0) x = Mod(x * RootOfMinusOne);
        if (Mod(x * x - square) != 0) return null;
        if (x.IsZero && odd) return null;
        if (x.IsEven == odd) x = P - x;
        return new BigInteger[] { x, y, 1, Mod(x * y) };
    }

    static BigInteger[] Add(BigInteger[] p, BigInteger[] q)
    {
        BigInteger a = Mod((p[1] - p[0]) * (q[1] - q[0]));
        BigInteger b = Mod((p[1] + p[0]) * (q[1] + q[0]));
        BigInteger c = Mod(2 * D * p[3] * q[3]);
        BigInteger d = Mod(2 * p[2] * q[2]);
        BigInteger e = b - a, f = d - c, g = d + c, h = b + a;
        return new BigInteger[] { Mod(e * f), Mod(g * h), Mod(f * g), Mod(e * h) };
    }

    static BigInteger[] Multiply(BigInteger[] point, BigInteger factor)
    {
        BigInteger[] sum = new BigInteger[] { 0, 1, 1, 0 };
        for (; !factor.IsZero; factor >>= 1)
        {
            if (!factor.IsEven) sum = Add(sum, point);
            point = Add(point, point);
        }
        return sum;
    }

    public static bool Verify(byte[] key, byte[] message, byte[] signature)
    {
        if (key.Length != 32 || signature.Length != 64) return false;
        byte[] first = new byte[32];
        Array.Copy(signature, first, 32);
        BigInteger[] r = Decode(first), a = Decode(key);
        BigInteger s = Number(signature, 32, 32);
        if (r == null || a == null || s >= L) return false;
        byte[] all = new byte[64 + message.Length];
        Array.Copy(first, 0, all, 0, 32);
        Array.Copy(key, 0, all, 32, 32);
        Array.Copy(message, 0, all, 64, message.Length);
        byte[] hash;
        using (SHA512 sha = SHA512.Create()) hash = sha.ComputeHash(all);
        BigInteger[] left = Multiply(Base, s), right = Add(r, Multiply(a, Number(hash, 0, 64) % L));
        return Mod(left[0] * right[2] - right[0] * left[2]).IsZero && Mod(left[1] * right[2] - right[1] * left[2]).IsZero;
    }
}
'@
  if ($PSVersionTable.PSVersion.Major -ge 6) { Add-Type -TypeDefinition $source }
  else { Add-Type -TypeDefinition $source -ReferencedAssemblies 'System.Numerics' }
}

# True when the maintainers of codex-voice have signed the file. The key is the same as in src/update/public-key.ts.
function Test-Signature([string] $File, [string] $SignatureFile) {
  Import-Ed25519
  # The last 32 bytes are the key itself.
  $der = [Convert]::FromBase64String('MCowBQYDK2VwAyEAaqFhJinWaOsN69SClJjIPKgONX9hEVx9OE1zIS4ibnI=')
  $key = New-Object byte[] 32
  [Array]::Copy($der, $der.Length - 32, $key, 0, 32)
  try { $signature = [Convert]::FromBase64String(([IO.File]::ReadAllText($SignatureFile)).Trim()) }
  catch { return $false }
  return [CodexVoiceEd25519]::Verify($key, [IO.File]::ReadAllBytes($File), $signature)
}

function Get-Sha256([string] $File) {
  $stream = [IO.File]::OpenRead($File)
  $sha = [Security.Cryptography.SHA256]::Create()
  try { return ([BitConverter]::ToString($sha.ComputeHash($stream)) -replace '-', '').ToLowerInvariant() }
  finally { $sha.Dispose(); $stream.Dispose() }
}

function Receive-File([string] $Address, [string] $File) {
  try { Invoke-WebRequest -UseBasicParsing -Uri $Address -OutFile $File }
  catch {
    throw "$Address could not be downloaded: $($_.Exception.Message) Check the network, the proxy and the version, then run this again."
  }
}

# Ends with an error unless the value has the form; it becomes part of a path or an address.
function Assert-Form([string] $Name, $Value, [string] $Pattern) {
  if ("$Value" -cnotmatch "^(?:$Pattern)\z") {
    throw "The release's manifest is not valid ($Name is '$Value'). Tell the maintainers."
  }
}

# Downloads the signed list of the release's files, and returns what it says about the program for this processor.
function Get-Release($Places, [string] $Target, [string] $Wanted) {
  $channel = 'latest'
  if ($Wanted) { $channel = "v$Wanted" }
  $file = Join-Path $Places.Download 'manifest.json'
  Receive-File "$($Places.Base)/$channel/manifest.json" $file
  Receive-File "$($Places.Base)/$channel/manifest.json.sig" "$file.sig"
  if (-not (Test-Signature $file "$file.sig")) {
    throw 'The signature of the release is wrong: the maintainers of codex-voice did not make it, or it was changed. Nothing was installed.'
  }
  $manifest = [IO.File]::ReadAllText($file) | ConvertFrom-Json
  Assert-Form 'version' $manifest.version '[0-9A-Za-z.+-]+'
  if ($Wanted -and $manifest.version -cne $Wanted) {
    throw "The release for $Wanted contains version $($manifest.version). Nothing was installed."
  }
  $program = $manifest.files.$Target
  if (-not $program) { throw "Version $($manifest.version) has no program for $Target." }
  foreach ($piece in @($program, $program.compressed)) {
    Assert-Form 'name' $piece.name '[0-9A-Za-z][0-9A-Za-z._+-]*'
    Assert-Form 'size' $piece.size '[0-9]+'
    Assert-Form 'sha256' $piece.sha256 '[0-9a-f]{64}'
  }
  return @{ Version = $manifest.version; Program = $program; Address = "$($Places.Base)/v$($manifest.version)" }
}

# Downloads the program and writes it to $New, after both its archive and itself have proved to be the signed ones.
function Expand-Program($Places, $Release, [string] $New) {
  $packed = $Release.Program.compressed
  $archive = Join-Path $Places.Download $packed.name
  Write-Host "Downloading $($packed.name) ($([Math]::Ceiling($packed.size / 1e6)) MB)."
  Receive-File "$($Release.Address)/$($packed.name)" $archive
  if ((Get-Item -LiteralPath $archive).Length -ne $packed.size -or (Get-Sha256 $archive) -cne $packed.sha256) {
    throw "$($packed.name) is not the file that was signed (its SHA-256 differs). Nothing was installed. Run this again. If it happens again, tell the maintainers."
  }
  Add-Type -AssemblyName System.IO.Compression.FileSystem
  $zip = [IO.Compression.ZipFile]::OpenRead($archive)
  try {
    $entry = $zip.GetEntry($Release.Program.name)
    if ($null -eq $entry) { throw "$($packed.name) does not contain $($Release.Program.name). Tell the maintainers." }
    [IO.Compression.ZipFileExtensions]::ExtractToFile($entry, $New, $true)
  }
  finally { $zip.Dispose() }
  if ((Get-Sha256 $New) -cne $Release.Program.sha256) {
    throw "$($Release.Program.name) is not the file that was signed (its SHA-256 differs). Nothing was installed."
  }
}

# Runs the program. Its output is shown unless -Quiet; $LASTEXITCODE says how it ended.
function Invoke-Program([string] $Program, [string[]] $Words, [switch] $Quiet) {
  # Windows PowerShell makes an error of each line on standard error when that is redirected.
  $ErrorActionPreference = 'Continue'
  if ($Quiet) { & $Program @Words 2>&1 | Out-Null } else { & $Program @Words | Out-Host }
}

# Replaces the old program if the new one runs here. Windows renames a program that runs, but does not replace it.
function Switch-Program($Places, [string] $New) {
  $ErrorActionPreference = 'Continue'
  $words = & $New version 2>&1
  if ($LASTEXITCODE -ne 0) {
    $ErrorActionPreference = 'Stop'
    throw "The new program does not run here, so nothing was changed. It says: $words"
  }
  $ErrorActionPreference = 'Stop'
  $old = "$($Places.Program).old"
  if (Test-Path -LiteralPath $old) { Remove-Item -LiteralPath $old -Force -ErrorAction SilentlyContinue }
  # The one before it still runs.
  if (Test-Path -LiteralPath $old) { $old = "$($Places.Program).$([Guid]::NewGuid().ToString('N')).old" }
  if (Test-Path -LiteralPath $Places.Program) { Move-Item -LiteralPath $Places.Program -Destination $old }
  try { Move-Item -LiteralPath $New -Destination $Places.Program }
  catch {
    if (Test-Path -LiteralPath $old) { Move-Item -LiteralPath $old -Destination $Places.Program }
    throw
  }
  Remove-Item -Path (Join-Path $Places.Folder '*.old') -Force -ErrorAction SilentlyContinue
}

# Adds the folder to the user's PATH, or takes it away. %VARIABLES% in there stay as they are.
function Set-UserPath([string] $Folder, [bool] $Present) {
  $key = [Microsoft.Win32.Registry]::CurrentUser.OpenSubKey('Environment', $true)
  try {
    $before = [string] $key.GetValue('Path', '', [Microsoft.Win32.RegistryValueOptions]::DoNotExpandEnvironmentNames)
    $parts = @($before -split ';' | Where-Object { $_ -and $_.TrimEnd('\') -ne $Folder })
    if ($Present) { $parts += $Folder }
    $after = $parts -join ';'
    if ($after -eq $before) { return }
    $key.SetValue('Path', $after, [Microsoft.Win32.RegistryValueKind]::ExpandString)
  }
  finally { $key.Dispose() }
  # Setting a variable tells the other programs that the environment has changed.
  [Environment]::SetEnvironmentVariable('CODEX_VOICE_INSTALLED', $null, 'User')
}

function Install-CodexVoice($Places) {
  $target = Get-Target
  if ($Version -and $Version -cnotmatch '^v?[0-9A-Za-z.+-]+\z') { throw '-Version must be a version such as 1.2.3.' }
  New-Item -ItemType Directory -Force -Path $Places.Folder, $Places.Download | Out-Null
  $new = Join-Path $Places.Folder '.codex-voice.new.exe'
  try {
    $release = Get-Release $Places $target ($Version -creplace '^v', '')
    $same = (Test-Path -LiteralPath $Places.Program) -and (Get-Sha256 $Places.Program) -ceq $release.Program.sha256
    if ($same) { Write-Host "codex-voice $($release.Version) is already installed." }
    else {
      Expand-Program $Places $release $new
      Switch-Program $Places $new
    }
  }
  finally {
    Remove-Item -LiteralPath $new -Force -ErrorAction SilentlyContinue
    Remove-Item -LiteralPath $Places.Download -Recurse -Force -ErrorAction SilentlyContinue
  }
  Set-UserPath $Places.Folder $true
  if (($env:Path -split ';') -notcontains $Places.Folder) { $env:Path = "$($Places.Folder);$env:Path" }
  Write-Host "Installed: codex-voice $($release.Version), $($Places.Program)"
  Complete-Install $Places
}

function Complete-Install($Places) {
  $codex = $null -ne (Get-Command codex -ErrorAction SilentlyContinue)
  if (-not $codex) {
    Write-Host 'codex-voice needs the Codex CLI, which is not installed. To install it:'
    Write-Host '  npm install --global @openai/codex@0.171.0'
  }
  if (-not $NoService) {
    # This also restarts a daemon of an earlier version.
    Invoke-Program $Places.Program @('service', 'install')
    if ($LASTEXITCODE -ne 0) { Write-Host 'It will not start at sign-in (the reason is above). To try again: codex-voice service install' }
  }
  if (-not $NoDemo -and $codex) {
    Write-Host ''
    Invoke-Program $Places.Program @('demo')
    if ($LASTEXITCODE -ne 0) {
      throw 'The program is installed, but its demo failed (the reason is above). Run codex-voice doctor for details.'
    }
  }
  Write-Host ''
  Write-Host 'Next: codex login (once), then codex-voice restart, and press Ctrl+Alt+Space anywhere.'
}

function Uninstall-CodexVoice($Places) {
  if (Test-Path -LiteralPath $Places.Program) {
    Invoke-Program $Places.Program @('service', 'uninstall') -Quiet # there may be none
    Invoke-Program $Places.Program @('stop') -Quiet # it may not run
  }
  Set-UserPath $Places.Folder $false
  if (Test-Path -LiteralPath $Places.Folder) { Remove-Item -LiteralPath $Places.Folder -Recurse -Force }
  if ($env:APPDATA) {
    # The entry that names the notifications.
    $entry = Join-Path $env:APPDATA 'Microsoft\Windows\Start Menu\Programs\codex-voice.lnk'
    Remove-Item -LiteralPath $entry -Force -ErrorAction SilentlyContinue
  }
  foreach ($folder in @('cache', 'run')) {
    Remove-Item -LiteralPath (Join-Path $Places.Data $folder) -Recurse -Force -ErrorAction SilentlyContinue
  }
  Write-Host 'Removed codex-voice, with its cache.'
  Write-Host 'Kept: your settings, your journal, and the Codex CLI.'
}

function Start-Installer {
  $ErrorActionPreference = 'Stop'
  # Windows PowerShell draws a bar that makes a download many times slower, and may not offer TLS 1.2.
  $ProgressPreference = 'SilentlyContinue'
  if ($PSVersionTable.PSVersion.Major -lt 6) {
    [Net.ServicePointManager]::SecurityProtocol = [Net.ServicePointManager]::SecurityProtocol -bor [Net.SecurityProtocolType]::Tls12
  }
  $places = Get-Places
  if ($Uninstall) { Uninstall-CodexVoice $places } else { Install-CodexVoice $places }
}

Start-Installer
