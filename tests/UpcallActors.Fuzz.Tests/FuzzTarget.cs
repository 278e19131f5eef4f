using System.Reflection;
using System.Text;

namespace UpcallActors.Fuzz.Tests;

/// <summary>A parser that takes any bytes, and what it is fuzzed from.</summary>
/// <param name="Name">Its name: part of the system, dot, what it reads.</param>
/// <param name="Method">The target itself.</param>
/// <param name="Run">Calls it; true when the input was accepted. Throws what has to be mended.</param>
/// <param name="Corpus">Good input.</param>
internal sealed record FuzzTarget(string Name, MethodInfo Method, FuzzTarget.Runner Run, Func<IReadOnlyList<byte[]>> Corpus)
{
    /// <summary>Says whether the input was accepted.</summary>
    public delegate bool Runner(ReadOnlySpan<byte> input);

    /// <summary>Counts what it could read.</summary>
    public delegate int Counter(ReadOnlySpan<byte> input);

    /// <summary>Makes something of whatever there is.</summary>
    public delegate T Reader<out T>(ReadOnlySpan<byte> input);

    /// <summary>Says nothing: what it returns from has been accepted, or refused as it should be.</summary>
    public delegate void Taker(ReadOnlySpan<byte> input);

    /// <summary>
    /// Makes another input out of good ones, so that it is mostly good itself; null where bytes are changed as they come.
    /// </summary>
    public Func<Random, byte[]>? Make { get; init; }

    /// <summary>Words that mean something to the parser.</summary>
    public IReadOnlyList<string> Tokens { get; init; } = [];

    public static FuzzTarget Checked(string name, Runner target, Func<IReadOnlyList<byte[]>> corpus) =>
        new(name, target.Method, target, corpus);

    public static FuzzTarget Counted(string name, Counter target, Func<IReadOnlyList<byte[]>> corpus) =>
        new(name, target.Method, input => target(input) > 0, corpus);

    public static FuzzTarget Taken(string name, Taker target, Func<IReadOnlyList<byte[]>> corpus) =>
        new(name, target.Method, input => Take(target, input), corpus);

    public static FuzzTarget Read<T>(string name, Reader<T> target, Func<IReadOnlyList<byte[]>> corpus) => new(
        name,
        target.Method,
        input =>
        {
            target(input);
            return true;
        },
        corpus);

    /// <summary>Text as the targets read it.</summary>
    public static IReadOnlyList<byte[]> Texts(IEnumerable<string> texts) => [.. texts.Select(Encoding.UTF8.GetBytes)];

    private static bool Take(Taker target, ReadOnlySpan<byte> input)
    {
        target(input);
        return true;
    }
}
