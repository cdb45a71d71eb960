export default {
  props: { rows: Array, columns: Array },
  emits: ["choose"],
  template: `
    <q-markup-table flat dense class="ka-table full-width">
      <thead><tr><th v-for="column in columns" :key="column.name" class="text-left">{{ column.label }}</th></tr></thead>
      <tbody>
        <tr v-for="row in rows" :key="row.id" :class="{'ka-chosen': row.chosen}" style="cursor: pointer"
            @click="$emit('choose', row.id)">
          <td><span class="ka-mark" :class="row.mark"><span class="ka-sign">{{ row.letter }}</span></span></td>
          <td v-for="column in columns.slice(1)" :key="column.name" :title="row[column.name]">{{ row[column.name] }}</td>
        </tr>
      </tbody>
    </q-markup-table>`,
};
