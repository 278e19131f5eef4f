using System.Text;

namespace UpcallActors.Odp.Text;

/// <summary>
/// Flow keys and masks in the text syntax of <c>ovs-dpctl</c>, as Open vSwitch 3.1 prints and reads it. Works on the attribute
/// bytes themselves, so that attributes which this project does not know are printed (<c>key32(00 00/00 00)</c>) and read too.
/// </summary>
internal static class FlowText
{
    /// <summary>
    /// Formats a key under a mask. An empty mask means that everything counts. Verbose prints wildcarded fields too, as
    /// <c>dpctl/dump-flows -m</c> does. Bytes that are no attributes are printed as such, never refused.
    /// </summary>
    public static string Format(ReadOnlySpan<byte> keyAttributes, ReadOnlySpan<byte> maskAttributes, IOdpPortNames? names, bool verbose)
    {
        var text = new StringBuilder();
        new KeyFormatter(text, names ?? OdpPortNames.None, verbose).Append(keyAttributes, MaskView.Of(maskAttributes), depth: 0);
        return text.ToString();
    }

    /// <summary>
    /// Parses a key and its mask; a field without mask counts in full, a field of a structure that is not written is
    /// wildcarded. Throws <see cref="OdpTextException"/>, which says where it failed.
    /// </summary>
    public static (byte[] Key, byte[] Mask) Parse(string text, IOdpPortNames? names)
    {
        var cursor = new OdpTextCursor(text);
        (byte[] Key, byte[] Mask) flow = KeyParser.ParseList(cursor, names ?? OdpPortNames.None);
        return cursor.AtEnd ? flow : throw cursor.Expected("the end");
    }
}
