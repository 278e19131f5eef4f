using System.Globalization;
using System.Text;

namespace UpcallActors.Daemon.Control.Commands;

/// <summary>Ethernet addresses as text.</summary>
internal static class EthernetAddressText
{
    private const int Octets = 6;

    /// <summary>Reads six octets in hexadecimal digits with colons between (<c>eth_addr_from_string</c>).</summary>
    public static bool TryParse(string text, out ulong address)
    {
        address = 0;
        string[] octets = text.Split(':');
        if (octets.Length != Octets)
            return false;
        foreach (string octet in octets)
        {
            bool isShort = octet.Length is 1 or 2;
            if (!isShort || !byte.TryParse(octet, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value))
                return false;
            address = (address << 8) | value;
        }

        return true;
    }

    /// <summary>Appends an address.</summary>
    public static StringBuilder AppendEthernetAddress(this StringBuilder text, ulong address)
    {
        for (int octet = Octets - 1; octet >= 0; octet--)
            text.Append(CultureInfo.InvariantCulture, $"{(byte)(address >> (8 * octet)):x2}{(octet > 0 ? ":" : "")}");
        return text;
    }
}
