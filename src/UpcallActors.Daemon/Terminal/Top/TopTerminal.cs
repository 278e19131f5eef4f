using System.Text;

namespace UpcallActors.Daemon.Terminal.Top;

/// <summary>
/// The terminal while <c>top</c> has it: its other screen, so that what was on it comes back, and its keys. Disposing gives it back. Keys
/// are read only where standard input is a terminal.
/// </summary>
/// <param name="output">Where it is painted to.</param>
internal sealed class TopTerminal(TextWriter output) : IDisposable
{
    private const string Enter = "\e[?1049h\e[?25l\e[H\e[2J";
    private const string Leave = "\e[?25h\e[?1049l";

    /// <summary>The size of a terminal that does not tell its own.</summary>
    private const int UsualWidth = 80;
    private const int UsualHeight = 24;

    /// <summary>Takes it.</summary>
    public void Take()
    {
        output.Write(Enter);
        output.Flush();
    }

    /// <summary>The key that was pressed since the last call; null when none was.</summary>
    public static char? Key()
    {
        if (Console.IsInputRedirected || !Console.KeyAvailable)
            return null;
        ConsoleKeyInfo key = Console.ReadKey(intercept: true);
        return key.Key == ConsoleKey.Escape ? 'q' : char.ToLowerInvariant(key.KeyChar);
    }

    /// <summary>Paints lines in the place of those before; the last one has no newline, which would move all of them up.</summary>
    public void Paint(Func<int, int, IReadOnlyList<string>> lines)
    {
        int width = Size(() => Console.WindowWidth, UsualWidth);
        int height = Size(() => Console.WindowHeight, UsualHeight);
        var text = new StringBuilder("\e[H");
        foreach (string line in lines(width, height))
            text.Append(text.Length > "\e[H".Length ? "\r\n" : "").Append(line).Append("\e[K");
        output.Write(text.Append("\e[J").ToString());
        output.Flush();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        output.Write(Leave);
        output.Flush();
    }

    private static int Size(Func<int> ask, int otherwise)
    {
        try
        {
            return ask() is > 0 and var size ? size : otherwise;
        }
        catch (IOException)
        {
            return otherwise;
        }
    }
}
