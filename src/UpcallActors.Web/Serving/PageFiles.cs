using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace UpcallActors.Web;

/// <summary>A file of the page.</summary>
/// <param name="Bytes">Its content.</param>
/// <param name="ContentType">Its type.</param>
/// <param name="Tag">What changes with its content.</param>
internal sealed record PageFile(byte[] Bytes, string ContentType, string Tag);

/// <summary>The page's files, which are part of the assembly.</summary>
internal sealed class PageFiles
{
    private const string Start = "index.html";

    private readonly FrozenDictionary<string, PageFile> _files =
        typeof(PageFiles).Assembly.GetManifestResourceNames()
            .ToFrozenDictionary(name => name == Start ? "/" : "/" + name, Read, StringComparer.Ordinal);

    /// <summary>Finds the file of a path.</summary>
    public bool TryGet(string path, [NotNullWhen(true)] out PageFile? file) => _files.TryGetValue(path, out file);

    private static PageFile Read(string name)
    {
        using Stream stream = typeof(PageFiles).Assembly.GetManifestResourceStream(name)!;
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        string type = Path.GetExtension(name) switch
        {
            ".html" => "text/html; charset=utf-8",
            ".css" => "text/css; charset=utf-8",
            ".js" => "text/javascript; charset=utf-8",
            ".svg" => "image/svg+xml",
            var other => throw new InvalidOperationException($"files of type {other} are not known"),
        };
        return new PageFile(bytes, type, $"\"{Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 12))}\"");
    }
}
