using System.Globalization;

namespace UpcallActors.Kernel;

/// <summary>The kernel's text form of sets of CPUs, such as <c>0-3,8</c> in <c>/sys/devices/system/cpu/possible</c>.</summary>
internal static class CpuList
{
    private const string PossibleCpus = "/sys/devices/system/cpu/possible";

    /// <summary>More than any kernel is built for (<c>NR_CPUS</c>).</summary>
    private const int Limit = 1 << 16;

    /// <summary>
    /// One above the highest id that a CPU of this machine can have, also one that is not plugged
    /// in: what an array indexed by CPU needs. Where the kernel does not say, the number of CPUs.
    /// </summary>
    public static int PossibleCount()
    {
        try
        {
            return TryReadCount(File.ReadAllText(PossibleCpus), out int count) ? count : Environment.ProcessorCount;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return Environment.ProcessorCount;
        }
    }

    /// <summary>One above the highest id in a list; false when it is empty or malformed.</summary>
    public static bool TryReadCount(ReadOnlySpan<char> list, out int count)
    {
        count = 0;
        list = list.Trim();
        if (list.IsEmpty)
            return false;
        foreach (Range part in list.Split(','))
        {
            ReadOnlySpan<char> range = list[part];
            int dash = range.IndexOf('-');
            ReadOnlySpan<char> last = dash < 0 ? range : range[(dash + 1)..];
            if (!TryReadId(last, out int highest) || (dash >= 0 && (!TryReadId(range[..dash], out int lowest) || lowest > highest)))
            {
                count = 0;
                return false;
            }

            count = Math.Max(count, highest + 1);
        }

        return true;
    }

    private static bool TryReadId(ReadOnlySpan<char> text, out int id) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out id) && id < Limit;
}
