namespace UpcallActors.OpenFlow.Tests;

/// <summary>Fuzz target: what a controller gives back is read or refused; what was read is written in a form that reads the same.</summary>
public static class ContinuationFuzz
{
    /// <summary>What a fuzzer begins with.</summary>
    public static IReadOnlyList<byte[]> Corpus { get; } =
        [.. ContinuationTests.Recorded.Select(recorded => (byte[])[(byte)recorded.Version, .. recorded.Bytes])];

    /// <summary>The first byte says the version.</summary>
    public static bool Run(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty)
            return false;
        var version = (OpenFlowVersion)(1 + (input[0] % 6));
        if (Continuation.Decode(version, input[1..], out Continuation? read) is not null)
            return false;
        byte[] once = [.. read!.Encode(version)];
        Continuation.Decode(version, once, out Continuation? again).ShouldBeNull(Convert.ToHexString(once));
        again!.Encode(version).ShouldBe(once);
        return true;
    }
}
