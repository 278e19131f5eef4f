using System.Text;
using UpcallActors.Linux;

namespace UpcallActors.Odp.Text;

/// <summary>Datapath actions in the text syntax of <c>ovs-dpctl</c>.</summary>
internal static class ActionText
{
    private const int BufferLength = 64 * 1024;

    /// <summary>Formats an action list; an empty one is <c>drop</c>. Actions not known are <c>action99(00 01)</c>.</summary>
    public static string Format(ReadOnlySpan<byte> actions, IOdpPortNames? names)
    {
        var text = new StringBuilder();
        new ActionFormatter(text, names ?? OdpPortNames.None).Append(actions, depth: 0);
        return text.ToString();
    }

    /// <summary>
    /// Parses an action list. <c>drop</c> alone is the empty list, which every datapath understands. Throws
    /// <see cref="OdpTextException"/>, which says where it failed.
    /// </summary>
    public static byte[] Parse(string text, IOdpPortNames? names)
    {
        var cursor = new OdpTextCursor(text);
        var writer = new NetlinkWriter(new byte[BufferLength]);
        new OdpActionParser(cursor, names ?? OdpPortNames.None).ParseList(ref writer, depth: 0);
        if (!cursor.AtEnd)
            throw cursor.Expected("an action or the end");
        return writer.Overflowed ? throw new OdpTextException("the action list is too long") : writer.Written.ToArray();
    }
}
