using System.Text;
using UpcallActors.Linux;

namespace UpcallActors.Daemon.Configuration.Hocon;

/// <summary>Reads files and what they include. What is wrong with one is a problem and hides nothing of the others.</summary>
internal sealed class HoconReader(List<ConfigurationProblem> problems)
{
    /// <summary>Files that include each other, at most.</summary>
    public const int MaxDepth = 8;

    /// <summary>Files in all; more are a mistake, not a configuration.</summary>
    private const int MaxFiles = 256;

    /// <summary>Characters of a file; more are a mistake, too.</summary>
    private const int MaxLength = 64 << 20;

    private readonly List<string> _files = [];
    private readonly List<string> _open = [];

    /// <summary>The files read or tried, as they were named, in the order in which they were.</summary>
    public IReadOnlyList<string> Files => _files;

    /// <summary>Reads a file; null when that failed.</summary>
    public HoconBlock? Read(string file)
    {
        _files.Add(file);
        return Read(file, []);
    }

    /// <summary>Parses a text; null when that failed.</summary>
    public HoconBlock? Parse(string file, string directory, string text, params string[] block)
    {
        try
        {
            return HoconParser.Parse(text.ReplaceLineEndings("\n"), file, directory, block, Include);
        }
        catch (HoconSyntaxException syntax)
        {
            problems.Add(new ConfigurationProblem(file, syntax.Line, syntax.Message));
            return null;
        }
    }

    private HoconBlock? Read(string file, string[] block)
    {
        try
        {
            string path = Path.GetFullPath(file);
            string text = ReadText(file);
            _open.Add(path);
            HoconBlock? root = Parse(file, Path.GetDirectoryName(path) ?? "/", text, block);
            _open.RemoveAt(_open.Count - 1);
            return root;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            problems.Add(new ConfigurationProblem(file, 0, $"cannot be read: {failure.Message}"));
            return null;
        }
    }

    private static string ReadText(string file)
    {
        using var reader = new StreamReader(RegularFile.Open(file));
        var text = new StringBuilder();
        char[] piece = new char[64 << 10];
        while (reader.ReadBlock(piece, 0, piece.Length) is > 0 and int length)
        {
            text.Append(piece, 0, length);
            if (text.Length > MaxLength)
                throw new IOException($"it is longer than {MaxLength} characters");
        }

        return text.ToString();
    }

    private HoconBlock? Include(HoconInclude include)
    {
        // As it would be named from where the including file was: a relative name stays one.
        string file = Path.Combine(Path.GetDirectoryName(include.Place.File) ?? "", include.File);
        string path = Path.GetFullPath(include.File, include.Place.Directory);
        string? problem = _open.Contains(path, StringComparer.Ordinal) ? $"include: {include.File} includes itself"
            : _open.Count >= MaxDepth ? $"include: files include each other deeper than {MaxDepth}"
            : _files.Count >= MaxFiles ? $"include: more than {MaxFiles} files"
            : include.IsRequired && !File.Exists(path) ? $"include: there is no file {path}"
            : null;
        if (problem != null)
            problems.Add(new ConfigurationProblem(include.Place.File, include.Place.Line, problem));
        // One that need not be there and is not has no keys (HOCON's rule).
        if (problem != null || (!File.Exists(path) && !Directory.Exists(path)))
            return null;
        _files.Add(file);
        return Read(file, include.Block);
    }
}
