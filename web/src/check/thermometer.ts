// A thermometer with Bluetooth, where the browser can speak to it: the standard Health Thermometer service.

interface Characteristic extends EventTarget {
  value?: DataView;
  startNotifications(): Promise<unknown>;
}

interface Bluetooth {
  requestDevice(options: { filters: { services: string[] }[] }): Promise<{
    gatt: { connect(): Promise<{ getPrimaryService(name: string): Promise<{ getCharacteristic(name: string): Promise<Characteristic> }> }> };
  }>;
}

const bluetooth = (): Bluetooth | undefined => (navigator as unknown as { bluetooth?: Bluetooth }).bluetooth;

export function hasBluetooth(): boolean {
  return bluetooth() !== undefined;
}

/** Temperature Measurement (0x2A1C): flags, then an IEEE 11073 float, 24 bits of mantissa and 8 of exponent. In °C. */
export function readMeasurement(value: DataView): number | null {
  if (value.byteLength < 5) return null;
  const mantissa = (value.getUint32(1, true) << 8) >> 8;
  const number = mantissa * 10 ** value.getInt8(4);
  const celsius = value.getUint8(0) & 1 ? ((number - 32) * 5) / 9 : number;
  return celsius > 0 && celsius < 100 ? Math.round(celsius * 10) / 10 : null;
}

/** Asks which thermometer, then tells every reading. */
export async function connect(told: (celsius: number) => void): Promise<void> {
  const device = await bluetooth()?.requestDevice({ filters: [{ services: ["health_thermometer"] }] });
  if (!device) return;
  const service = await (await device.gatt.connect()).getPrimaryService("health_thermometer");
  const characteristic = await service.getCharacteristic("temperature_measurement");
  characteristic.addEventListener("characteristicvaluechanged", () => {
    const celsius = characteristic.value ? readMeasurement(characteristic.value) : null;
    if (celsius !== null) told(celsius);
  });
  await characteristic.startNotifications();
}
