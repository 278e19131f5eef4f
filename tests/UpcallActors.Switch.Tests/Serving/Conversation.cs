using System.Globalization;
using System.Text.RegularExpressions;
using UpcallActors.OpenFlow;

namespace UpcallActors.Switch.Tests;

/// <summary>What one line of a recording says.</summary>
/// <param name="Connection">The connection's number.</param>
/// <param name="IsFromClient">Whether the client has said it.</param>
/// <param name="Bytes">The message; null where the recording leaves a long one out.</param>
internal sealed record SaidMessage(int Connection, bool IsFromClient, byte[]? Bytes);

/// <summary>What a client and ovs-vswitchd said to each other; the folder's README says how it was recorded.</summary>
internal sealed partial class Conversation
{
    private Conversation(string name, int order, IReadOnlyList<SaidMessage> messages, bool isDisturbed)
    {
        Name = name;
        Order = order;
        Messages = messages;
        IsDisturbed = isDisturbed;
    }

    /// <summary>
    /// All conversations that a client has begun, in the order in which they were recorded: each goes on where the last ended.
    /// </summary>
    public static IReadOnlyList<Conversation> All { get; } =
    [
        .. Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "captures", "openflow"), "*.txt").Select(Read)
            .Where(one => one.Order > 0).OrderBy(one => one.Order),
    ];

    /// <summary>The file's name without its extension.</summary>
    public string Name { get; }

    /// <summary>The transaction of the switch's first HELLO, which grows from conversation to conversation.</summary>
    public int Order { get; }

    /// <summary>The messages of all connections, in order.</summary>
    public IReadOnlyList<SaidMessage> Messages { get; }

    /// <summary>Whether something else was done meanwhile: packets, changes by other programs.</summary>
    public bool IsDisturbed { get; }

    [GeneratedRegex(@"conn (\d+) v\d+ xid")]
    private static partial Regex Heading();

    private static Conversation Read(string file)
    {
        var messages = new List<SaidMessage>();
        bool isDisturbed = false;
        int order = 0;
        int connection = 0;
        bool isOpen = false;
        foreach (string line in File.ReadLines(file))
        {
            if (line.StartsWith("# |", StringComparison.Ordinal))
                break;
            if (line.StartsWith("> ", StringComparison.Ordinal) || line.StartsWith("< ", StringComparison.Ordinal))
            {
                byte[] bytes = Convert.FromHexString(line[2..]);
                bool isFromClient = line[0] == '>';
                if (!isFromClient && order == 0 && bytes[1] == 0)
                    order = (int)OpenFlowHeader.Read(bytes).Xid;
                messages.Add(new SaidMessage(connection, isFromClient, bytes));
                isOpen = false;
                continue;
            }

            isDisturbed |= line.Contains("while it runs", StringComparison.Ordinal);
            if (Heading().Match(line) is not { Success: true } heading)
                continue;
            if (isOpen)
                messages.Add(new SaidMessage(connection, IsFromClient: false, null));
            connection = int.Parse(heading.Groups[1].Value, CultureInfo.InvariantCulture);
            isOpen = true;
            if (!line.Contains("body left out", StringComparison.Ordinal))
                continue;
            messages.Add(new SaidMessage(connection, IsFromClient: false, null));
            isOpen = false;
        }

        return new Conversation(Path.GetFileNameWithoutExtension(file), order, messages, isDisturbed);
    }
}
