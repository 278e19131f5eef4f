using System.Text.Json.Serialization;

namespace UpcallActors.Web;

/// <summary>The JSON of everything that the status page is told, without reflection. Names are in camel case.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DaemonSnapshot))]
public sealed partial class StatusJson : JsonSerializerContext;
