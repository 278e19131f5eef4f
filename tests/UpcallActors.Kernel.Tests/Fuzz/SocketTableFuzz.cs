using System.Text;

namespace UpcallActors.Kernel.Tests.Fuzz;

/// <summary>Fuzz target: the two files of /proc and /sys that are read.</summary>
internal static class SocketTableFuzz
{
    /// <summary>Returns how many sockets it read.</summary>
    public static int Run(ReadOnlySpan<byte> input)
    {
        string text = Encoding.Latin1.GetString(input);
        CpuList.TryReadCount(text, out _);
        UpcallOwner.FindSocket(text, [1, 812]);
        return NetlinkSocketEntry.Parse(text).Count;
    }
}
