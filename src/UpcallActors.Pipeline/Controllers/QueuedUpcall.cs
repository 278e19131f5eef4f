namespace UpcallActors.Pipeline;

/// <summary>An upcall for controllers, taken out of the <see cref="ControllerQueue"/>.</summary>
/// <param name="Message">The whole message, as the datapath sent it; the reader's to keep.</param>
/// <param name="UpcallPid">Where the datapath shall send what comes of the packet when it goes on; 0 where it has no such choice.</param>
internal readonly record struct QueuedUpcall(byte[] Message, uint UpcallPid);
