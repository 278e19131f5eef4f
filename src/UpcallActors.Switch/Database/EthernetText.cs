using System.Globalization;
using UpcallActors.OpenFlow;

namespace UpcallActors.Switch;

/// <summary>Ethernet addresses as the database has them.</summary>
internal static class EthernetText
{
    private const ulong GroupBit = 0x0100_0000_0000;

    /// <summary>Reads an address; null when it is none.</summary>
    public static ulong? Parse(string? text) => AddressText.TryParseEthernet(text, out UInt128 address) ? (ulong)address : null;

    /// <summary>Whether it is one of many hosts.</summary>
    public static bool IsMulticast(ulong address) => (address & GroupBit) != 0;

    /// <summary>The address in six octets.</summary>
    public static string Format(ulong address)
    {
        string digits = address.ToString("x12", CultureInfo.InvariantCulture);
        return string.Join(':', Enumerable.Range(0, digits.Length / 2).Select(octet => digits.Substring(octet * 2, 2)));
    }
}
