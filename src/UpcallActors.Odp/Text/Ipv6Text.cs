using System.Globalization;
using System.Text;

namespace UpcallActors.Odp.Text;

/// <summary>IPv6 addresses as glibc's <c>inet_ntop</c> writes them, which .NET's <c>IPAddress</c> does not in every case.</summary>
internal static class Ipv6Text
{
    private const int Groups = 8;

    internal static void Append(StringBuilder text, UInt128 address)
    {
        Span<ushort> groups = stackalloc ushort[Groups];
        for (int index = 0; index < Groups; index++)
            groups[index] = (ushort)(address >> (112 - (16 * index)));
        (int start, int length) = LongestZeros(groups);
        for (int index = 0; index < Groups; index++)
        {
            if (index == start)
            {
                text.Append(':');
                index += length - 1;
                if (index == Groups - 1)
                    text.Append(':');
                continue;
            }

            if (index != 0)
                text.Append(':');
            bool endsInIpv4 = index == 6 && start == 0 && (length == 6 || (length == 5 && groups[5] == ushort.MaxValue));
            if (endsInIpv4)
            {
                OdpFieldText.AppendIpv4(text, (uint)address);
                return;
            }

            text.Append(groups[index].ToString("x", CultureInfo.InvariantCulture));
        }
    }

    /// <summary>The first of the longest runs of at least two groups of zeros; start −1 without one.</summary>
    private static (int Start, int Length) LongestZeros(ReadOnlySpan<ushort> groups)
    {
        (int Start, int Length) best = (-1, 1);
        int run = 0;
        for (int index = 0; index < groups.Length; index++)
        {
            run = groups[index] == 0 ? run + 1 : 0;
            if (run > best.Length)
                best = (index - run + 1, run);
        }

        return best;
    }
}
