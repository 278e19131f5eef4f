using System.Globalization;
using System.Runtime.InteropServices;

namespace UpcallActors.Linux;

/// <summary>How a process has ended.</summary>
/// <param name="Status">What <c>waitpid(2)</c> says of it.</param>
internal readonly record struct ProcessEnd(int Status)
{
    private const int CoreBit = 0x80;

    /// <summary>Its exit code; null if a signal has ended it.</summary>
    public int? ExitCode => Signal == 0 ? (Status >> 8) & 0xff : null;

    /// <summary>The number of the signal that has ended it; 0 if it ended itself.</summary>
    public int Signal => Status & 0x7f;

    /// <summary>Whether there may be a file with its memory.</summary>
    public bool DumpedCore => Signal != 0 && (Status & CoreBit) != 0;

    /// <summary>As Open vSwitch says it (<c>process_status_msg</c>).</summary>
    public override string ToString() =>
        ExitCode is { } code ? string.Create(CultureInfo.InvariantCulture, $"exit status {code}")
        : $"killed ({Marshal.PtrToStringUTF8(ProcessCalls.NameOf(Signal))}){(DumpedCore ? ", core dumped" : "")}";
}
