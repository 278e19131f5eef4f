namespace UpcallActors.Embedded;

/// <summary>What a capture file has for a port.</summary>
/// <param name="Frames">Its Ethernet frames, in its order.</param>
/// <param name="Warnings">
/// What is in it besides, or what is wrong with it, and does not keep the frames from serving; each with the file's name.
/// </param>
public sealed record CaptureContent(IReadOnlyList<CapturedFrame> Frames, IReadOnlyList<string> Warnings);
